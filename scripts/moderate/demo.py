"""The demonstration: the matrix profile job on a real series."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from moderate.catalogue import find
from moderate.checkout import EXAMPLE_SERIES
from moderate.images import MATRIX_PROFILE, STEPS
from moderate.local_run.cluster import LocalImage
from moderate.local_run.events import Listener, WorkflowResult
from moderate.running import run_here
from moderate.services.object_store import BUCKET, object_store
from moderate.services.platform_api import (
    PlatformApiDouble,
    PlatformJob,
    platform_api,
)
from moderate.services.postgres import postgres
from moderate.settings import JOB_IMAGE_VARIABLE, service_settings
from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)
from workflows.authoring.names import STEPS_IMAGE_VARIABLE

WORKFLOW = "matrix-profile"
ANALYSIS_VARIABLE = "TemperatureC"
KEY = f"jane-assets/{EXAMPLE_SERIES.name}"
CSV_TYPE = "text/csv"
ENTERED_BY_ALL = 0o711
REPORT = "report.html"


@dataclass(frozen=True)
class Demo:
    """What the demonstration has shown.

    Attributes:
        result: How the workflow ended.
        job: The platform's job, with what it was told.
        report: The report, None when there is none.
    """

    result: WorkflowResult
    job: PlatformJob
    report: Path | None


def run_demo(
    images: Mapping[str, LocalImage],
    say: Callable[[str], None],
    on_event: Listener,
) -> Demo:
    """Starts the services, uploads a series and runs the workflow on it.

    Args:
        images: The images' environments on this machine.
        say: Tells the person what happens.
        on_event: Called with each change of a node.

    Returns:
        What came out. All services have ended by then.
    """
    double = PlatformApiDouble()
    with _services(double) as values:
        say(
            f"PostgreSQL listens on port {values['POSTGRES_PORT']}, S3 on "
            f"{values['S3_ENDPOINT_URL']}, the simulated Platform API on "
            f"{values['API_BASE_URL']}"
        )
        store = ObjectStore(service_settings(BucketSettings, values))
        store.upload(EXAMPLE_SERIES, ObjectPlace(BUCKET, KEY), CSV_TYPE)
        say(f"Uploaded {EXAMPLE_SERIES.name} as s3://{BUCKET}/{KEY}")
        job = double.add_job(
            uploaded_s3_object_id=1, analysis_variable=ANALYSIS_VARIABLE
        )
        result = run_here(
            find(WORKFLOW),
            {"message": _message(job)},
            values,
            images=images,
            on_event=on_event,
        )
        return Demo(result, job, _fetch_report(store, job, result))


@contextmanager
def _services(double: PlatformApiDouble) -> Iterator[Mapping[str, str]]:
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="moderate-demo-")
            )
        )
        folder.chmod(ENTERED_BY_ALL)
        yield {
            STEPS_IMAGE_VARIABLE: STEPS.local_reference,
            JOB_IMAGE_VARIABLE: MATRIX_PROFILE.local_reference,
            **stack.enter_context(postgres(folder)),
            **stack.enter_context(object_store(folder)),
            **stack.enter_context(platform_api(double)),
        }


def _message(job: PlatformJob) -> str:
    return json.dumps(
        {
            "workflow_job_id": job.id,
            "analysis_variable": ANALYSIS_VARIABLE,
            "bucket": BUCKET,
            "key": KEY,
        }
    )


def _fetch_report(
    store: ObjectStore, job: PlatformJob, result: WorkflowResult
) -> Path | None:
    results = job.results or {}
    if not results.get("output_key") or result.folder is None:
        return None
    place = ObjectPlace(results["output_bucket"], results["output_key"])
    answer = httpx.get(store.presigned_url(place, valid_seconds=60))
    answer.raise_for_status()
    report = result.folder / REPORT
    report.write_bytes(answer.content)
    return report
