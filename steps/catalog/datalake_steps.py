"""The steps that bring the data lake's prefixes into the catalog."""

from steps.catalog.batch import (
    IMAGE,
    RESOURCES,
    RETRY,
    IngestInputs,
    ingest_batch,
)
from steps.catalog.datalake import DatalakeSource
from steps.catalog.discover import (
    DiscoverInputs,
    DiscoverOutputs,
    discover_items,
)
from steps.catalog.runner import DEADLINE_SECONDS
from steps.clients.object_store import BucketSettings
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.batches import BatchReport
from steps.contract.errors import BadSettingsError
from steps.contract.step import step


@step("datalake-ingestion-discover", image=IMAGE, retry=RETRY)
def discover(
    inputs: DiscoverInputs,
    s3: BucketSettings,
    server: OpenMetadataSettings,
) -> DiscoverOutputs:
    """Finds the top-level prefixes of the bucket.

    Args:
        inputs: Which prefixes, and how many at a time.
        s3: The object store.
        server: The OpenMetadata server.

    Returns:
        The batches.

    Raises:
        ModerateError: A service refused, failed or did not answer.
    """
    return discover_items(inputs, DatalakeSource(s3), server)


@step(
    "datalake-ingestion-ingest",
    image=IMAGE,
    resources=RESOURCES,
    retry=RETRY,
    deadline_seconds=DEADLINE_SECONDS,
)
def ingest(
    inputs: IngestInputs,
    s3: BucketSettings,
    server: OpenMetadataSettings,
    postgres: PostgresSettings | BadSettingsError,
) -> BatchReport:
    """Brings a batch of the prefixes into the catalog.

    Args:
        inputs: Which prefixes, and how.
        s3: The object store.
        server: The OpenMetadata server.
        postgres: The server that holds the pipelines' state.

    Returns:
        The outcome of each prefix.

    Raises:
        ModerateError: A service refused, failed or did not answer.
    """
    return ingest_batch(inputs, DatalakeSource(s3), server, postgres)
