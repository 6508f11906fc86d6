"""The demo of the matrix profile: the job on a real series."""

from pathlib import Path

import httpx

from argo_offline.run.results import WorkflowResult
from local_services.example import upload_example
from local_services.platform_api import PlatformJob
from moderate.demo.environment import DemoEnvironment
from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)
from steps.contract.errors import ModerateError

WORKFLOW = "matrix-profile"
REPORT = "report.html"


def run(demo: DemoEnvironment) -> None:
    """Uploads a series and runs the workflow on it, from message to report.

    Args:
        demo: The running services.

    Raises:
        ModerateError: There is no report at the end.
    """
    console = demo.console
    store = ObjectStore(BucketSettings.of(demo.values))
    example = upload_example(store, demo.platform)
    console.print(f"Uploaded s3://{example.bucket}/{example.key}")
    job = demo.platform.jobs[example.workflow_job_id]
    result = demo.run(WORKFLOW, {"message": example.model_dump_json()})
    console.print(f"\nThe job's results: {job.results}")
    report = _fetch_report(store, job, result)
    if report is None:
        raise ModerateError(
            "The demo ended without a report. The run's folder holds "
            "every log."
        )
    console.print("[bold]The report, opens without a network:[/]")
    console.print(f"  {report}", soft_wrap=True)


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
