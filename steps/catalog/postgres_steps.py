"""The steps that bring PostgreSQL's databases into the catalog."""

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
from steps.catalog.postgres import PostgresSource
from steps.catalog.runner import DEADLINE_SECONDS
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.portions import PortionReport
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
        The portions.

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
) -> PortionReport:
    """Brings a portion of the databases into the catalog.

    Args:
        inputs: Which databases, and how.
        postgres: The PostgreSQL server.
        server: The OpenMetadata server.

    Returns:
        What came of each database.

    Raises:
        ModerateError: A service refused, failed or did not answer.
    """
    return ingest_portion(inputs, PostgresSource(postgres), server)
