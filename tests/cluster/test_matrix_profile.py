"""The whole pipeline on a real cluster, from a message to the platform."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from checkout.paths import EXAMPLE_SERIES
from local_services.platform_api import PlatformJob
from moderate.local_images import local_images
from moderate.running import run_here
from moderate.settings import image_settings
from moderate.workflow_index import find
from tests.cluster.conftest import WORKFLOW, End, MatrixProfile
from tests.cluster.installation import Change, template_of
from tests.hostile import HOSTILE

pytestmark = pytest.mark.cluster

KEY = f"jane-assets/{EXAMPLE_SERIES.name}"
ROWS = 400
SHORT_SECONDS = 15
TRIES = 3
# In a CSV file a carriage return ends a line, as a newline does.
EVERYTHING_HOSTILE = " ".join(HOSTILE.values()).replace("\r", "")
SLEEP = "print('starting', flush=True); import time; time.sleep(600)"
ABSENT_IMAGE = "registry.example/absent"


@pytest.fixture(autouse=True)
def _input(pipeline: MatrixProfile) -> None:
    pipeline.s3.put(KEY, EXAMPLE_SERIES.read_bytes())


def compute_runs(*command: str, **changes: Any) -> Change:  # noqa: ANN401
    """Changes what the job's container runs, and its template's fields."""

    def change(spec: dict[str, Any]) -> None:
        compute = template_of(spec, "compute")
        del compute["podSpecPatch"]
        compute["container"]["command"] = list(command)
        compute["retryStrategy"]["backoff"] = {"duration": "1"}
        compute.update(changes)

    return change


def python(program: str) -> tuple[str, ...]:
    """The command that runs a program's text."""
    return ("python", "-c", program)


def series(column: str) -> str:
    """Writes hourly readings with a daily course."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["time", column])
    for hour in range(ROWS):
        time = f"2026-01-{1 + hour // 24:02}T{hour % 24:02}:00:00"
        writer.writerow([time, (hour % 24) ** 2 + hour % 7])
    return text.getvalue()


def test_a_message_becomes_a_report(pipeline: MatrixProfile) -> None:
    job = pipeline.job()
    end = pipeline.run(job, pipeline.message(job, KEY))
    assert end.phase == "Succeeded"
    assert end.results["error"] is None
    assert "<html" in pipeline.report(end)


def test_a_column_that_does_not_exist_lists_those_there_are(
    pipeline: MatrixProfile,
) -> None:
    job = pipeline.job()
    body = pipeline.message(job, KEY, analysis_variable="nosuch")
    end = pipeline.run(job, body)
    assert end.phase == "Failed"
    assert "'TemperatureC'" in end.error
    assert end.error in pipeline.log(end)


def test_hostile_values_arrive_as_they_were_sent(
    pipeline: MatrixProfile, key: str
) -> None:
    job = pipeline.job()
    pipeline.s3.put(key, series(EVERYTHING_HOSTILE))
    body = pipeline.message(job, key, analysis_variable=EVERYTHING_HOSTILE)
    assert pipeline.run(job, body).results["error"] is None


def test_a_person_types_the_message_as_plain_text(
    pipeline: MatrixProfile,
) -> None:
    job = pipeline.job()
    typed = {"message": pipeline.message(job, KEY), "window_length": "24"}
    workflow = pipeline.namespace.submit(WORKFLOW, typed)
    end = End(workflow, pipeline.namespace.await_end(workflow), job)
    assert end.results["error"] is None


def test_an_unusable_message_is_reported_to_its_job(
    pipeline: MatrixProfile,
) -> None:
    job = pipeline.job()
    end = pipeline.run(job, json.dumps({"workflow_job_id": job.id, "x": 1}))
    assert "analysis_variable: Field required" in end.error


def test_an_image_that_no_node_can_pull_is_reported_to_the_job(
    pipeline: MatrixProfile,
) -> None:
    job = pipeline.job()
    body = pipeline.message(job, KEY, image=ABSENT_IMAGE, tag="1")

    def change(spec: dict[str, Any]) -> None:
        template_of(spec, "compute")["activeDeadlineSeconds"] = SHORT_SECONDS

    end = pipeline.run_changed(job, body, "no-image", change)
    assert "image could not be pulled" in end.error


def test_a_job_that_takes_too_long_is_reported(
    pipeline: MatrixProfile,
) -> None:
    job = pipeline.job()
    body = pipeline.message(job, KEY)
    change = compute_runs(
        *python(SLEEP),
        activeDeadlineSeconds=SHORT_SECONDS,
    )
    end = pipeline.run_changed(job, body, "slow-job", change)
    assert "took longer than it may" in end.error


def test_a_workflow_that_takes_too_long_is_reported(
    pipeline: MatrixProfile,
) -> None:
    job = pipeline.job()
    body = pipeline.message(job, KEY)

    def change(spec: dict[str, Any]) -> None:
        compute_runs(*python(SLEEP))(spec)
        spec["activeDeadlineSeconds"] = 2 * SHORT_SECONDS

    end = pipeline.run_changed(job, body, "slow-workflow", change)
    assert "took longer than it may" in end.error


def test_a_crash_is_reported_with_its_traceback(
    pipeline: MatrixProfile,
) -> None:
    job = pipeline.job()
    body = pipeline.message(job, KEY)
    change = compute_runs(*python("raise RuntimeError('the sky fell')"))
    end = pipeline.run_changed(job, body, "crash", change)
    assert end.error.startswith("Traceback")
    assert end.error.endswith("RuntimeError: the sky fell")
    assert end.error in pipeline.log(end)


def test_a_killed_job_is_reported_in_a_sentence(
    pipeline: MatrixProfile,
) -> None:
    job = pipeline.job()
    body = pipeline.message(job, KEY)
    change = compute_runs(*python("import os; os.kill(os.getpid(), 9)"))
    end = pipeline.run_changed(job, body, "killed", change)
    assert "failed without a log" in end.error


def test_a_job_that_needs_too_much_memory_is_reported(
    pipeline: MatrixProfile,
) -> None:
    job = pipeline.job()
    body = pipeline.message(job, KEY)

    def change(spec: dict[str, Any]) -> None:
        compute_runs(*python("b'x' * 10**9"))(spec)
        container = template_of(spec, "compute")["container"]
        container["resources"]["limits"]["memory"] = "64Mi"
        container["resources"]["requests"]["memory"] = "64Mi"

    end = pipeline.run_changed(job, body, "large", change)
    assert "ran out of memory" in end.error
    tries = [
        node
        for node in end.document["status"]["nodes"].values()
        if node["templateName"] == "compute" and node["type"] == "Pod"
    ]
    assert len(tries) == TRIES


def comparable(job: PlatformJob) -> dict[str, object]:
    """What was reported to the platform, without the names of one run."""
    assert job.results is not None
    results = dict(job.results)
    for name in ("output_key", "error_logs_key"):
        results[name] = results[name] is not None
    del results["workflow_job_id"]
    return results


@pytest.mark.parametrize("column", ["TemperatureC", "nosuch"])
def test_the_local_run_reports_what_the_cluster_reports(
    pipeline: MatrixProfile, tmp_path: Path, column: str
) -> None:
    here, there = pipeline.job(), pipeline.job()
    pipeline.run(there, pipeline.message(there, KEY, analysis_variable=column))
    run_here(
        find(WORKFLOW),
        {"message": pipeline.message(here, KEY, analysis_variable=column)},
        {
            **image_settings(),
            **pipeline.s3.environment,
            **pipeline.platform.environment,
        },
        images=local_images(),
        on_event=lambda _: None,
        folder=tmp_path / "run",
    )
    assert comparable(here) == comparable(there)
