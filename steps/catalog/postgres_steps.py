"""The steps that bring PostgreSQL's databases into the catalog."""

from steps.catalog.batch import (
    IMAGE,
    RESOURCES,
    RETRY,
    IngestInputs,
    ingest_batch,
)
from steps.catalog.discover import (
    DiscoverInputs,
    DiscoverOutputs,
    discover_items,
)
from steps.catalog.postgres import PostgresSource
from steps.catalog.runner import DEADLINE_SECONDS
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.batches import BatchReport
from steps.contract.step import step


@step("postgres-ingestion-discover", image=IMAGE, retry=RETRY)
def discover(
    inputs: DiscoverInputs,
    postgres: PostgresSettings,
    server: OpenMetadataSettings,
) -> DiscoverOutputs:
    """Finds the databases of the platform's server.

    Args:
        inputs: Which databases, and how many at a time.
        postgres: The PostgreSQL server.
        server: The OpenMetadata server.

    Returns:
        The batches.

    Raises:
        ModerateError: A service refused, failed or did not answer.
    """
    return discover_items(inputs, PostgresSource(postgres), server)


@step(
    "postgres-ingestion-ingest",
    image=IMAGE,
    resources=RESOURCES,
    retry=RETRY,
    deadline_seconds=DEADLINE_SECONDS,
)
def ingest(
    inputs: IngestInputs,
    postgres: PostgresSettings,
    server: OpenMetadataSettings,
) -> BatchReport:
    """Brings a batch of the databases into the catalog.

    Args:
        inputs: Which databases, and how.
        postgres: The PostgreSQL server.
        server: The OpenMetadata server.

    Returns:
        The outcome of each database.

    Raises:
        ModerateError: A service refused, failed or did not answer.
    """
    return ingest_batch(inputs, PostgresSource(postgres), server, postgres)
