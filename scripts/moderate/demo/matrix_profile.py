"""The chapter of the matrix profile: the job on a real series."""

import json
from pathlib import Path

import httpx

from moderate.checkout import EXAMPLE_SERIES
from moderate.demo.stage import Stage
from moderate.errors import ToolError
from moderate.local_run.events import WorkflowResult
from moderate.services.object_store import BUCKET
from moderate.services.platform_api import PlatformJob
from moderate.settings import service_settings
from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)

WORKFLOW = "matrix-profile"
ANALYSIS_VARIABLE = "TemperatureC"
KEY = f"jane-assets/{EXAMPLE_SERIES.name}"
CSV_TYPE = "text/csv"
REPORT = "report.html"


def play(stage: Stage) -> None:
    """Uploads a series and runs the workflow on it, from message to report.

    Args:
        stage: What it plays on.

    Raises:
        ToolError: There is no report at the end.
    """
    console = stage.console
    store = ObjectStore(service_settings(BucketSettings, stage.values))
    store.upload(EXAMPLE_SERIES, ObjectPlace(BUCKET, KEY), CSV_TYPE)
    console.print(f"Uploaded {EXAMPLE_SERIES.name} as s3://{BUCKET}/{KEY}")
    job = stage.platform.add_job(
        uploaded_s3_object_id=1, analysis_variable=ANALYSIS_VARIABLE
    )
    result = stage.run(WORKFLOW, {"message": _message(job)})
    console.print(f"\nWhat the platform was told: {job.results}")
    report = _fetch_report(store, job, result)
    if report is None:
        raise ToolError(
            "The demonstration ended without a report. The run's folder holds "
            "every log."
        )
    console.print("[bold]The report, opens without a network:[/]")
    console.print(f"  {report}", soft_wrap=True)


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
