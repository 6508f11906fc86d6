"""The whole pipeline, from a message to the patch of the job.

It runs from the rendered YAML, in the images' own environments.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from argo_offline.run.cluster import LocalImage
from argo_offline.run.nodes import Phase
from argo_offline.run.results import WorkflowResult
from local_services.object_store import BUCKET, OUTPUT_BUCKET
from local_services.platform_api import PlatformJob
from moderate.local_images import local_images
from moderate.running import run_here
from moderate.settings import image_settings
from moderate.workflow_index import find
from tests.conftest import ServedPlatform, ServedStore
from tests.hostile import HOSTILE, HOSTILE_KEYS

pytestmark = pytest.mark.services

ROWS = 400
COLUMN = "consumption"
# A line end within a name is read as one like all others.
COLUMN_NAMES = [text for text in HOSTILE.values() if "\r" not in text]


@pytest.fixture(scope="session")
def images() -> dict[str, LocalImage]:
    """The images' environments on this machine."""
    return local_images()


@dataclass(frozen=True)
class Pipeline:
    """The pipeline with everything around it."""

    images: Mapping[str, LocalImage]
    s3: ServedStore
    platform: ServedPlatform
    folder: Path
    names: Iterator[int] = field(default_factory=count)

    def run(
        self, message: str, *, again: bool = False, **settings: str
    ) -> WorkflowResult:
        """Runs the workflow on a message's body."""
        values = {
            **image_settings(),
            **self.s3.environment,
            **self.platform.environment,
            **settings,
        }
        return run_here(
            find("matrix-profile"),
            {"message": message, "again": json.dumps(again)},
            values,
            images=self.images,
            on_event=lambda _: None,
            folder=self.folder / str(next(self.names)),
        )

    def job(self) -> PlatformJob:
        """Creates a job, as the platform does before it sends a message."""
        return self.platform.double.add_job()

    def report(self, job: PlatformJob) -> str:
        """Reads the report whose key the job has."""
        assert job.results is not None
        key = job.results["output_key"]
        return self.s3.get(key, OUTPUT_BUCKET).decode()


@pytest.fixture
def pipeline(
    images: dict[str, LocalImage],
    s3: ServedStore,
    platform: ServedPlatform,
    tmp_path: Path,
) -> Pipeline:
    """The pipeline, with a job store and a bucket that are really there."""
    return Pipeline(images, s3, platform, tmp_path)


def series(column: str = COLUMN) -> str:
    """Writes hourly readings with a daily course."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["time", column])
    for hour in range(ROWS):
        time = f"2026-01-{1 + hour // 24:02}T{hour % 24:02}:00:00"
        writer.writerow([time, (hour % 24) ** 2 + hour % 7])
    return text.getvalue()


def message(job: PlatformJob, key: str, **changes: object) -> str:
    """Writes the message of a job."""
    return json.dumps(
        {
            "workflow_job_id": job.id,
            "analysis_variable": COLUMN,
            "bucket": BUCKET,
            "key": key,
            **changes,
        }
    )


def error_of(job: PlatformJob) -> str:
    """Returns the error that the job was patched with, once."""
    assert job.reports == 1
    assert job.results is not None
    assert job.results["output_key"] is None
    return str(job.results["error"])


def test_a_message_becomes_a_report(pipeline: Pipeline, key: str) -> None:
    job = pipeline.job()
    pipeline.s3.put(key, series())
    result = pipeline.run(message(job, key))
    assert result.phase is Phase.SUCCEEDED
    assert job.reports == 1
    assert "<html" in pipeline.report(job)


def test_hostile_text_reaches_the_job_as_it_was_sent(
    pipeline: Pipeline, key: str
) -> None:
    job = pipeline.job()
    everything = " | ".join(COLUMN_NAMES)
    pipeline.s3.put(key, series(everything))
    pipeline.run(message(job, key, analysis_variable=everything))
    assert job.results is not None
    assert job.results["error"] is None


def test_a_hostile_key_reaches_the_store_as_it_was_sent(
    pipeline: Pipeline,
) -> None:
    job = pipeline.job()
    absent = " | ".join(HOSTILE_KEYS.values())
    pipeline.run(message(job, absent))
    assert repr(absent) in error_of(job)


def test_an_unusable_message_is_reported_to_its_job(
    pipeline: Pipeline,
) -> None:
    job = pipeline.job()
    result = pipeline.run(json.dumps({"workflow_job_id": job.id, "x": 1}))
    assert result.phase is Phase.FAILED
    assert "analysis_variable: Field required" in error_of(job)


def test_text_that_is_not_json_ends_in_a_clear_failure(
    pipeline: Pipeline,
) -> None:
    result = pipeline.run("hello")
    assert result.phase is Phase.FAILED
    assert any(
        "The message is not a valid request" in node.message
        for node in result.nodes
    )


def test_an_image_off_the_list_is_reported_to_the_job(
    pipeline: Pipeline, key: str
) -> None:
    job = pipeline.job()
    pipeline.s3.put(key, series())
    pipeline.run(message(job, key, image="evil.example/miner", tag="1"))
    assert "'evil.example/miner:1' is not allowed" in error_of(job)


def test_an_allowed_image_that_is_not_there_is_reported_to_the_job(
    pipeline: Pipeline, key: str
) -> None:
    job = pipeline.job()
    pipeline.s3.put(key, series())
    pipeline.run(
        message(job, key, image="registry.example/other", tag="1"),
        MATRIX_PROFILE_ALLOWED_IMAGES="registry.example/*",
    )
    assert "image could not be pulled" in error_of(job)


def test_a_column_that_does_not_exist_lists_those_there_are(
    pipeline: Pipeline, key: str
) -> None:
    job = pipeline.job()
    pipeline.s3.put(key, series())
    pipeline.run(message(job, key, analysis_variable="nosuch"))
    assert "'time', 'consumption'" in error_of(job)


def test_a_failed_jobs_log_is_kept(pipeline: Pipeline, key: str) -> None:
    job = pipeline.job()
    pipeline.s3.put(key, "time,consumption\n2026-01-01,1\n")
    pipeline.run(message(job, key))
    error_of(job)
    assert job.results is not None
    log = pipeline.s3.get(job.results["error_logs_key"], OUTPUT_BUCKET)
    assert job.results["error"] in log.decode()


def test_wrong_credentials_of_s3_are_reported_to_the_job(
    pipeline: Pipeline, key: str
) -> None:
    job = pipeline.job()
    pipeline.run(message(job, key), S3_SECRET_ACCESS_KEY="wrong")
    assert "S3 refused access" in error_of(job)


def test_a_missing_setting_is_reported_to_the_job(
    pipeline: Pipeline, key: str
) -> None:
    job = pipeline.job()
    pipeline.run(message(job, key), MATRIX_PROFILE_LARGEST_INPUT_BYTES="many")
    assert "MATRIX_PROFILE_LARGEST_INPUT_BYTES" in error_of(job)


def test_no_secret_is_left_in_the_runs_folder(
    pipeline: Pipeline, key: str
) -> None:
    job = pipeline.job()
    pipeline.s3.put(key, series())
    pipeline.run(message(job, key))
    everything = "".join(
        file.read_text(errors="replace")
        for file in pipeline.folder.rglob("*")
        if file.is_file()
    )
    secrets = [
        pipeline.s3.environment["S3_SECRET_ACCESS_KEY"],
        pipeline.platform.environment["API_PASSWORD"],
        *pipeline.platform.double.tokens,
    ]
    assert [secret for secret in secrets if secret in everything] == []


def test_a_message_that_comes_twice_is_reported_once(
    pipeline: Pipeline, key: str
) -> None:
    job = pipeline.job()
    pipeline.s3.put(key, series())
    body = message(job, key)
    pipeline.run(body)
    first = job.results
    pipeline.run(body)
    assert (job.reports, job.results) == (1, first)


def test_a_failed_job_is_computed_again_when_asked(
    pipeline: Pipeline, key: str
) -> None:
    job = pipeline.job()
    pipeline.run(message(job, key))
    assert job.results is not None
    assert "There is no object" in job.results["error"]
    pipeline.s3.put(key, series())
    result = pipeline.run(message(job, key), again=True)
    assert result.phase is Phase.SUCCEEDED
    assert "<html" in pipeline.report(job)
    assert job.reports == 2
