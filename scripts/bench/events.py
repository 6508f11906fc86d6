"""Measures the way of a message, from the queue to the platform's job.

It needs the cluster that KUBECONFIG names, and RabbitMQ on this machine. All
moments are taken by this process's clock: before the message was published,
when watches showed its Workflow and a running pod of it, and when the Platform
API double received the result::

    python -m bench.events
"""

import argparse
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from checkout.paths import EXAMPLE_SERIES
from local_services.platform_api import PlatformJob
from tests.chaos.pipeline import Pipeline, pipeline, rendered_objects
from tests.chaos.stand_in import without_work
from tests.cluster.kubernetes import Namespace
from tests.relay.waiting import eventually

MESSAGES = 50
LIMIT_SECONDS = 300
TWENTIETHS = 20
LAST_TWENTIETH = 18
WORKFLOWS = (
    "workflows",
    '{.metadata.name} {.spec.arguments.parameters[?(@.name=="job_id")].value}',
)
PODS = (
    "pods",
    r"{.metadata.labels.workflows\.argoproj\.io/workflow} {.status.phase}",
)
STAGES = ("Workflow created", "first step running", "job patched")


@dataclass
class Watch:
    """When a watch has first shown each of its lines.

    Attributes:
        seen: The moment by line.
    """

    seen: dict[str, datetime] = field(default_factory=dict)

    def follow(self, lines: Iterator[str]) -> None:
        """Notes the lines as they come, until there are no more."""
        for line in lines:
            self.seen.setdefault(line.strip(), datetime.now(UTC))

    def first(self, *lines: str) -> datetime:
        """Returns the moment of the first of these lines.

        A watch may pass over what a pod was for a moment only.
        """
        return min(self.seen[line] for line in lines if line in self.seen)

    def workflow_of(self, job: PlatformJob) -> str:
        """Finds the first Workflow of a job."""
        for line in list(self.seen):
            workflow, _, number = line.partition(" ")
            if number == str(job.id):
                return workflow
        raise LookupError(f"no Workflow of job {job.id} was seen")


@contextmanager
def _watching(
    namespace: Namespace, resource: str, columns: str
) -> Iterator[Watch]:
    watch = Watch()
    with subprocess.Popen(  # noqa: S603  (no input from outside)
        [  # noqa: S607  (the operator's kubectl)
            "kubectl",
            f"--namespace={namespace.name}",
            "get",
            resource,
            "--watch",
            f"--output=jsonpath={columns}{{'\\n'}}",
        ],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None  # noqa: S101  (it is a pipe)
        thread = threading.Thread(target=watch.follow, args=[process.stdout])
        thread.start()
        try:
            yield watch
        finally:
            process.terminate()
            thread.join()


def _send(made: Pipeline, count: int) -> Mapping[int, datetime]:
    """Sends one message at a time, the next when the job has its results."""
    sent: dict[int, datetime] = {}
    for _ in range(count):
        job = made.add_job()
        body = made.message(job)
        with made.queue.channel() as channel:
            channel.confirm_delivery()
            sent[job.id] = datetime.now(UTC)
            channel.basic_publish("", made.queue.name, body)
        _await_report(job)
    return sent


def _await_report(job: PlatformJob) -> None:
    eventually(lambda: job.reports, LIMIT_SECONDS)


def _measure(made: Pipeline, count: int) -> Mapping[str, Sequence[float]]:
    with (
        _watching(made.namespace, *WORKFLOWS) as workflows,
        _watching(made.namespace, *PODS) as pods,
    ):
        time.sleep(1)
        sent = _send(made, count)
    times: dict[str, list[float]] = {stage: [] for stage in STAGES}
    for number, start in sent.items():
        job = made.platform.jobs[number]
        workflow = workflows.workflow_of(job)
        moments = (
            workflows.seen[f"{workflow} {number}"],
            pods.first(f"{workflow} Running", f"{workflow} Succeeded"),
            job.finalised_at or start,
        )
        for stage, moment in zip(STAGES, moments, strict=True):
            times[stage].append((moment - start).total_seconds())
    return times


def _table(times: Mapping[str, Sequence[float]], title: str) -> Table:
    table = Table(title=title)
    table.add_column("published →")
    for column in ("median s", "95 % s", "longest s"):
        table.add_column(column, justify="right")
    for stage, values in times.items():
        late = statistics.quantiles(values, n=TWENTIETHS, method="inclusive")
        table.add_row(
            stage,
            f"{statistics.median(values):.2f}",
            f"{late[LAST_TWENTIETH]:.2f}",
            f"{max(values):.2f}",
        )
    return table


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument(
        "--stand-in",
        action="store_true",
        help="the Workflow only reports, and computes nothing",
    )
    options = parser.parse_args()
    objects = rendered_objects()
    what = "matrix-profile"
    if options.stand_in:
        without_work(objects)
        what = "matrix-profile without its steps but the report"
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="bench-"))
        made = stack.enter_context(
            pipeline(Path(folder), objects, EXAMPLE_SERIES, {})
        )
        times = _measure(made, options.messages)
        title = f"{options.messages} messages, one at a time, {what}"
        Console().print(_table(times, title))


if __name__ == "__main__":
    main()
