"""The catalog's sources and server, started once, and the runs on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local_services.open_metadata.serving import ServedOpenMetadata
from local_services.postgres import postgres
from moderate.demo.databases import connected
from steps.catalog.names import postgres_service
from steps.state.state import STATE_DATABASE
from tests.catalog.ingestion import Ingestion, Ran
from tests.catalog.sources import (
    AFTERWARDS,
    CHANGING,
    DESCRIBED,
    ENERGY,
    IGNORED,
    KILLED,
    LOCKED,
    READER,
    fill_all,
)
from tests.conftest import ServedStore

IGNORE = [
    "template.*",
    "postgres",
    IGNORED,
    KILLED,
    LOCKED,
    AFTERWARDS,
    DESCRIBED,
    CHANGING,
    STATE_DATABASE,
]
BATCH_SIZE = 8


@dataclass(frozen=True)
class Recording:
    """What the server has after a run, and what it was asked meanwhile.

    Attributes:
        ran: The run.
        tables: The tables by their fully qualified names, deleted ones too.
        services: The services by their names.
        pipelines: The ingestion pipelines by their fully qualified names.
        unknown: The requests that the double has no answer to.
        refused: The requests that it refused as invalid.
    """

    ran: Ran
    tables: dict[str, dict[str, Any]]
    services: dict[str, dict[str, Any]]
    pipelines: dict[str, dict[str, Any]]
    unknown: list[str]
    refused: list[str]

    @classmethod
    def after(cls, ran: Ran, ingestion: Ingestion) -> "Recording":
        """Reads what the server has."""
        double = ingestion.double
        return cls(
            ran=ran,
            tables=double.entities("tables"),
            services=double.entities("services/databaseServices"),
            pipelines=double.entities("services/ingestionPipelines"),
            unknown=double.unknown_requests(),
            refused=[
                f"{asked['method']} {asked['path']}: {asked['message']}"
                for asked in double.requests()
                if asked["status"] in {400, 500}
            ],
        )

    def tables_of(
        self, service: str, *, deleted: bool = False
    ) -> dict[str, dict[str, Any]]:
        """Returns a service's tables by schema and name."""
        return {
            f"{table['databaseSchema']['name']}.{table['name']}": table
            for table in self.tables.values()
            if table["service"]["name"] == service
            and table["deleted"] == deleted
        }


@pytest.fixture(scope="session")
def databases(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, str]]:
    """A PostgreSQL with every kind of database; its owner's settings."""
    with postgres(tmp_path_factory.mktemp("catalog")) as environment:
        fill_all(environment)
        yield dict(environment)


@pytest.fixture(scope="session")
def ingestion(
    databases: dict[str, str],
    s3: ServedStore,
    _served_open_metadata: ServedOpenMetadata,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ingestion:
    """The pipelines with everything around them."""
    return Ingestion(
        environment={
            **s3.environment,
            **databases,
            "POSTGRES_USERNAME": READER,
            **_served_open_metadata.environment,
        },
        double=_served_open_metadata.double,
        folder=tmp_path_factory.mktemp("runs"),
    )


@pytest.fixture(scope="session")
def runs(
    ingestion: Ingestion, databases: dict[str, str]
) -> tuple[Recording, Recording]:
    """A run over every database, and one more after a change of tables."""
    ingestion.double.reset()
    first = ingestion.run(
        "postgres-ingestion",
        ignore=IGNORE,
        batch_size=BATCH_SIZE,
        verbose=True,
    )
    kept = Recording.after(first, ingestion)
    with connected(databases, ENERGY) as connection:
        connection.execute("DROP TABLE weather")
        connection.execute("CREATE TABLE tariffs (id integer)")
    ingestion.edit(
        f"{postgres_service(ENERGY)}.{ENERGY}.public.meters",
        displayName="The meters",
        description="Edited by a person.",
    )
    second = ingestion.run(
        "postgres-ingestion", include=[ENERGY], work="metadata"
    )
    return kept, Recording.after(second, ingestion)


@pytest.fixture(scope="session")
def kept(runs: tuple[Recording, Recording]) -> Recording:
    """What the server has after a run over every database."""
    return runs[0]


@pytest.fixture(scope="session")
def kept_later(runs: tuple[Recording, Recording]) -> Recording:
    """What it has after a table was dropped and one was added."""
    return runs[1]
