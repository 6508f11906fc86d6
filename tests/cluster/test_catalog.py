"""The catalog's pipelines in their image, on a real cluster."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from psycopg import sql

from checkout.images import OPENMETADATA, install
from local_services.open_metadata.double import OpenMetadataDouble
from local_services.open_metadata.serving import open_metadata
from moderate.demo.databases import connected, create_database
from tests.catalog.sources import READER, create_reader
from tests.cluster.installation import (
    image_settings,
    node_of,
    rendered,
    settings_objects,
)
from tests.cluster.kubernetes import Namespace, fresh_namespace
from tests.conftest import ServedDatabases, ServedStore

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]

DATABASES = "postgres-ingestion"
LAKE = "datalake-ingestion"
OPEN = ("catalog_stock", "catalog 'meters'")
CLOSED = "catalog_closed"
PREFIX = "catalog-sites/"
READER_PASSWORD = "a-password-of-the-tests"
SLOWEST_SECONDS = 600


@dataclass(frozen=True)
class Catalog:
    """The installed pipelines, and the server that they fill.

    Attributes:
        namespace: Where they are installed.
        double: The OpenMetadata server.
    """

    namespace: Namespace
    double: OpenMetadataDouble

    def run(self, workflow: str, include: str) -> Mapping[str, Any]:
        """Submit a pipeline, and return the Workflow as it ended."""
        name = self.namespace.submit(
            workflow, {"include": json.dumps([include])}
        )
        ended: Mapping[str, Any] = self.namespace.await_end(
            name, SLOWEST_SECONDS
        )
        return ended

    def tables(self) -> set[str]:
        """Return the schemas and names of the tables that it has."""
        return {
            f"{table['databaseSchema']['name']}.{table['name']}"
            for table in self.double.tables().values()
            if table["profile"]
        }


@pytest.fixture(scope="module")
def catalog(
    host: str,
    s3: ServedStore,
    database_server: ServedDatabases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Catalog]:
    """The pipelines on the cluster, three databases and a prefix."""
    fill(database_server.environment)
    s3.put(f"{PREFIX}offices.csv", "id,city\n1,Bilbao\n2,Graz\n")
    python = install(OPENMETADATA) / "bin/python"
    folder = tmp_path_factory.mktemp("catalog")
    with (
        open_metadata(folder, python, host) as server,
        fresh_namespace() as namespace,
    ):
        values = {
            **image_settings(),
            **s3.environment,
            **database_server.environment,
            "POSTGRES_USERNAME": READER,
            "POSTGRES_PASSWORD": READER_PASSWORD,
            **server.environment,
        }
        namespace.apply(
            [
                *settings_objects(values),
                *(
                    one
                    for one in rendered(DATABASES, LAKE)
                    if one["kind"] != "CronWorkflow"
                ),
            ]
        )
        yield Catalog(namespace, server.double)


def fill(environment: Mapping[str, str]) -> None:
    """Make databases, one of which the pipelines may not connect to."""
    with connected(environment) as connection:
        create_reader(connection, READER_PASSWORD)
    for number, name in enumerate((*OPEN, CLOSED)):
        create_database(environment, name)
        with connected(environment, name) as connection:
            connection.execute(
                f"CREATE TABLE things_{number} AS SELECT 1 AS id"
            )
    with connected(environment) as connection:
        connection.execute(
            sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(
                sql.Identifier(CLOSED)
            )
        )


def table_of(ended: Mapping[str, Any]) -> str:
    """Return the last step's line of each item."""
    (shown,) = (
        parameter["value"]
        for parameter in node_of(ended, "summary")["outputs"]["parameters"]
        if parameter["name"] == "table"
    )
    return str(shown)


def test_a_database_that_refuses_fails_the_run_and_not_the_others(
    catalog: Catalog,
) -> None:
    ended = catalog.run(DATABASES, "catalog.*")
    table = table_of(ended)
    assert ended["status"]["phase"] == "Failed"
    assert {"public.things_0", "public.things_1"} <= catalog.tables(), table
    assert "public.things_2" not in catalog.tables()
    assert "permission denied for database" in table


@pytest.fixture(scope="module")
def lake(catalog: Catalog) -> Mapping[str, Any]:
    """A run over the data lake that has ended."""
    ended: Mapping[str, Any] = catalog.run(LAKE, "catalog-.*")
    return ended


def test_a_prefix_of_the_bucket_is_in_the_catalog(
    catalog: Catalog, lake: Mapping[str, Any]
) -> None:
    assert lake["status"]["phase"] == "Succeeded", table_of(lake)
    assert any(PREFIX in table for table in catalog.tables())


def test_a_person_reads_what_a_run_and_its_nodes_are_about(
    lake: Mapping[str, Any],
) -> None:
    title = lake["metadata"]["annotations"]["workflows.argoproj.io/title"]
    assert title == "Ingest the data lake into the catalog"
    names = [node["displayName"] for node in lake["status"]["nodes"].values()]
    assert any(name.startswith("ingest(0:about:catalog-") for name in names)
    assert "items are in the catalog" in table_of(lake)
    assert lake["status"]["progress"].count("/") == 1
