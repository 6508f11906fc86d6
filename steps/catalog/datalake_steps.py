"""The steps that bring the data lake's prefixes into the catalog."""

from steps.catalog.datalake import DatalakeSource
from steps.catalog.discover import (
    DiscoverInputs,
    DiscoverOutputs,
    discover_items,
)
from steps.catalog.portion import (
    IMAGE,
    RESOURCES,
    RETRY,
    IngestInputs,
    ingest_portion,
)
from steps.catalog.runner import DEADLINE_SECONDS
from steps.clients.object_store import BucketSettings
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.portions import PortionReport
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
        The portions.

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
) -> PortionReport:
    """Brings a portion of the prefixes into the catalog.

    Args:
        inputs: Which prefixes, and how.
        s3: The object store.
        server: The OpenMetadata server.

    Returns:
        What came of each prefix.

    Raises:
        ModerateError: A service refused, failed or did not answer.
    """
    return ingest_portion(inputs, DatalakeSource(s3), server)
