"""Fetches one file, converts it, and brings it to the platform."""

from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.batches import BatchInputs, BatchReport
from steps.contract.reports import fit, written
from steps.contract.step import Resources, Retry, step
from steps.dataset_from_git.settings import IMAGE, NAMESPACE, GitSettings

RETRY = Retry(limit=3, pause_seconds=30)
# The source, maybe a second time as Git packs it, and what is made of it.
COPIES = 4
LARGEST_FILE_BYTES = 4 * 1024**3
SCRATCH_GIB = COPIES * LARGEST_FILE_BYTES // 1024**3
DEADLINE_SECONDS = 3 * 60 * 60
# The platform computes a hash of what it got before it answers.
API_SILENCE_SECONDS = 600.0


class ConvertInputs(BatchInputs):
    """Which file is converted, and which try it is.

    Attributes:
        attempt: How often the step has been repeated.
    """

    attempt: int


@step(
    "dataset-convert",
    image=IMAGE,
    resources=Resources(
        cpu="500m",
        memory="384Mi",
        cpu_limit="2",
        memory_limit="768Mi",
        scratch_limit=f"{SCRATCH_GIB}Gi",
    ),
    retry=RETRY,
    deadline_seconds=DEADLINE_SECONDS,
)
def convert_file(
    inputs: ConvertInputs,
    git: GitSettings,
    api: PlatformApiSettings,
    postgres: PostgresSettings,
) -> BatchReport:
    """Converts one file to Parquet and CSV, and uploads both.

    Args:
        inputs: The file.
        git: Where repositories are fetched from.
        api: The Platform API.
        postgres: Where uploads are recorded.

    Returns:
        Its outcome, its failure too; a passing failure is reported
        by the last try alone.

    Raises:
        ModerateError: A service failed in passing, or is set up wrongly.
    """
    from steps.clients.platform_api import PlatformApi
    from steps.dataset_from_git.datasets import find_dataset
    from steps.dataset_from_git.delivery import Delivery
    from steps.dataset_from_git.items import FileItem
    from steps.dataset_from_git.records import Records
    from steps.dataset_from_git.work import FileWork
    from steps.state.state import State

    item = FileItem.model_validate_json(inputs.content)
    dataset = find_dataset(item.dataset, git)
    with (
        PlatformApi(api, timeout_seconds=API_SILENCE_SECONDS) as platform,
        State(postgres, NAMESPACE) as state,
    ):
        records = Records(state, dataset.name)
        work = FileWork(
            delivery=Delivery(dataset, item, platform, records),
            repository_url=git.source_of(dataset.url),
            largest_bytes=LARGEST_FILE_BYTES,
        )
        report = work.run(last_try=inputs.attempt >= RETRY.limit)
    return BatchReport(
        number=inputs.number,
        report=written(
            fit(report, item.report_bytes, texts={"error", "remarks"})
        ),
    )
