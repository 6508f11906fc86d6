"""The steps of the workflow that each event starts, as processes."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

from local_services.object_store import OUTPUT_BUCKET
from steps.contract.errors import ExitCode
from steps.contract.wire import encode
from tests.conftest import ServedStore
from tests.step_process import StepRun, run_step

AT_ONCE = 3
MOST_TRIES = 9
URL_SECONDS = 3_600
JOB_IMAGE = "registry.example.org/matrix-profile:1"


@dataclass
class LocalJobs:
    """Runs the steps *prepare* and *report* for each event, as Argo does.

    Two events of one job run one after the other, and a step that ends with
    75 is repeated. In place of the job's container, an object is stored.

    Attributes:
        folder: Where outputs go.
        store: The object store.
        environment: The steps' settings, by variable name.
        exit_codes: How often each exit code was seen.
    """

    folder: Path
    store: ServedStore
    environment: Mapping[str, str]
    workers: ThreadPoolExecutor
    exit_codes: Counter[int] = field(default_factory=Counter)
    _mutexes: dict[str, Lock] = field(
        default_factory=lambda: defaultdict(Lock)
    )
    _numbers: Iterator[int] = field(default_factory=count)
    _runs: "list[Future[None]]" = field(default_factory=list)

    def start_new(self, events: list[dict[str, Any]]) -> None:
        """Start what has come since the last call."""
        for event in events[len(self._runs) :]:
            self._runs.append(self.workers.submit(self._run, event))

    def are_done(self) -> bool:
        """Return whether all have ended; raise what one has raised."""
        for run in self._runs:
            if run.done():
                run.result()
        return all(run.done() for run in self._runs)

    def _run(self, event: dict[str, Any]) -> None:
        with self._mutexes[event["job_id"]]:
            message = encode(event["message"])
            name = f"matrix-profile-{next(self._numbers)}"
            output_key = f"{name}.html"
            prepared = self._step(
                "matrix-profile-prepare",
                f"--message={message}",
                f"--url_valid_seconds={URL_SECONDS}",
            )
            is_good = prepared.exit_code == ExitCode.DONE
            if is_good:
                self.store.put(output_key, "a report", OUTPUT_BUCKET)
            self._step(
                "matrix-profile-report",
                f"--message={message}",
                f"--workflow={name}",
                f"--status={'Succeeded' if is_good else 'Failed'}",
                f"--failures={encode(json.dumps('null'))}",
                f"--output_key={output_key}",
            )

    def _step(self, *arguments: str) -> StepRun:
        for _ in range(MOST_TRIES):
            folder = self.folder / f"step-{next(self._numbers)}"
            done = run_step(arguments, folder, self.environment)
            self.exit_codes[done.exit_code] += 1
            if done.exit_code != ExitCode.TEMPORARY_FAILURE:
                break
        return done


@contextmanager
def local_jobs(
    folder: Path, store: ServedStore, environment: Mapping[str, str]
) -> Iterator[LocalJobs]:
    """Run the jobs of events; what has begun ends with the block."""
    with ThreadPoolExecutor(AT_ONCE) as workers:
        settings = {
            **store.environment,
            **environment,
            "MATRIX_PROFILE_JOB_IMAGE": JOB_IMAGE,
        }
        yield LocalJobs(folder, store, settings, workers)
