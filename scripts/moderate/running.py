"""Running a workflow here, with this machine's settings as its cluster."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from argo_offline.manifests.folder import read
from argo_offline.run import (
    ArchiveLog,
    FilesRun,
    Listener,
    LocalCluster,
    LocalImage,
    Manifest,
    StopRequest,
    WorkflowResult,
    manifests_of,
    run_workflow,
    stop_on_signals,
)
from checkout.paths import RUNS
from local_services.cache import cache_folder
from moderate.settings import config_maps, secrets
from moderate.workflow_index import Workflow
from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)
from steps.contract.errors import ModerateError
from steps.matrix_profile.report import ARCHIVED_LOG, LOG_TYPE

LOCKS = "locks"

log = logging.getLogger(__name__)


def run_here(
    workflow: Workflow,
    arguments: Mapping[str, str],
    values: Mapping[str, str],
    *,
    images: Mapping[str, LocalImage],
    on_event: Listener,
    folder: Path | None = None,
) -> WorkflowResult:
    """Runs a rendered workflow on this machine.

    Args:
        workflow: The workflow.
        arguments: Plain values by parameter.
        values: Settings by variable name.
        images: The images' environments on this machine.
        on_event: Called with each change of a node.
        folder: Where the run's folder goes; ``runs/`` if not given.

    Returns:
        How it ended.
    """
    cluster = LocalCluster(
        lock_folder=cache_folder() / LOCKS,
        images=images,
        config_maps=config_maps(values),
        secrets=secrets(values),
        archive_log=_archive(values),
    )
    return asyncio.run(
        _run_until_stopped(
            [_manifest(workflow)],
            arguments=workflow.wire_arguments(arguments),
            cluster=cluster,
            run_folder=folder or _run_folder(workflow.name),
            on_event=on_event,
        )
    )


def run_files(
    run: FilesRun,
    arguments: Mapping[str, str],
    *,
    cluster: LocalCluster,
    on_event: Listener,
    folder: Path | None = None,
) -> WorkflowResult:
    """Runs a workflow that is not one of this project's.

    Args:
        run: The workflow and what its files hold besides.
        arguments: Values by parameter, as they are.
        cluster: What it finds around it.
        on_event: Called with each change of a node.
        folder: Where the run's folder goes; ``runs/`` if not given.

    Returns:
        How it ended.
    """
    return asyncio.run(
        _run_until_stopped(
            run.manifests,
            arguments=arguments,
            cluster=cluster,
            run_folder=folder or _run_folder(run.manifests[0].name),
            on_event=on_event,
        )
    )


def _run_folder(name: str) -> Path:
    return RUNS / f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def _manifest(workflow: Workflow) -> Manifest:
    return manifests_of(read([workflow.file]))[0]


async def _run_until_stopped(
    manifests: Sequence[Manifest],
    *,
    arguments: Mapping[str, str],
    cluster: LocalCluster,
    run_folder: Path,
    on_event: Listener,
) -> WorkflowResult:
    request = StopRequest()
    with stop_on_signals(request):
        return await run_workflow(
            manifests,
            arguments=arguments,
            cluster=cluster,
            run_folder=run_folder,
            on_event=on_event,
            stop=request,
        )


def _archive(values: Mapping[str, str]) -> ArchiveLog | None:
    """Keeps containers' logs where Argo's executor would put them."""
    try:
        settings = BucketSettings.of(values)
    except ModerateError:
        log.warning("S3 is not set up: logs stay in the run's folder only")
        return None
    store = ObjectStore(settings)

    def archive(workflow: str, pod: str, file: Path) -> None:
        key = ARCHIVED_LOG.format(workflow=workflow, pod=pod)
        place = ObjectPlace(settings.s3_job_outputs_bucket_name, key)
        try:
            store.upload(file, place, LOG_TYPE)
        except ModerateError as error:
            log.warning("The log of %s is not archived: %s", pod, error)

    return archive
