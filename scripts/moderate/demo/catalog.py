"""The demo of the catalog: databases and files in a double of OpenMetadata."""

import json
from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from argo_offline.run.nodes import Phase
from checkout.images import OPENMETADATA, environment_of
from checkout.paths import EXAMPLE_DATA, EXAMPLE_SERIES
from local_services.object_store import BUCKET
from local_services.open_metadata.serving import (
    ServedOpenMetadata,
    open_metadata,
)
from moderate.demo.databases import (
    CsvForm,
    connected,
    create_database,
    load_csv,
)
from moderate.demo.environment import DemoEnvironment
from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)
from steps.contract.errors import ModerateError

DATABASES = "postgres-ingestion"
LAKE = "datalake-ingestion"
NAMES = ("stock", "meters", "weather")
BUILDINGS = EXAMPLE_DATA / "v1.0_Data_T3.1_Dynamicanalysis_PVanalysis.csv"
BUILDINGS_FORM = CsvForm(skipped_lines=1, delimiter=";", decimal=",")
METERS = EXAMPLE_DATA / "meta_open.csv"
PREFIXES: Mapping[str, Mapping[str, str]] = {
    "sites/": {
        "sites/offices.csv": "id,city,area\n1,Bilbao,812.5\n2,Graz,1204\n",
        "sites/schools.csv": "id,city,pupils\n1,Athens,340\n2,Gdańsk,512\n",
    },
    "tariffs/": {"tariffs/2026.csv": "month,price\n1,0.31\n2,0.29\n3,0.27\n"},
}
CSV_TYPE = "text/csv"
NAME_PARTS = 3


def run(demo: DemoEnvironment) -> None:
    """Ingests three databases and two prefixes, and prints the catalog.

    Args:
        demo: The running services.

    Raises:
        ModerateError: A run has failed, or the catalog is not complete.
    """
    _fill_databases(demo.values)
    _fill_lake(demo.values)
    demo.console.print(
        f"Made the databases {', '.join(NAMES)}, and the prefixes "
        f"{', '.join(PREFIXES)} in s3://{BUCKET}"
    )
    python = environment_of(OPENMETADATA) / "bin/python"
    with open_metadata(demo.folder, python) as server:
        _ingest(demo, server, DATABASES, NAMES)
        _ingest(demo, server, LAKE, PREFIXES)
        tables = server.double.tables()
    demo.console.print(_catalog(tables))
    expected = len(NAMES) + sum(map(len, PREFIXES.values()))
    if len(tables) != expected:
        raise ModerateError(
            f"The catalog has {len(tables)} tables, and not {expected}. The "
            "runs' folders hold every log."
        )


def _fill_databases(values: Mapping[str, str]) -> None:
    files = (
        ("buildings", BUILDINGS, BUILDINGS_FORM),
        ("meters", METERS, CsvForm()),
        ("weather", EXAMPLE_SERIES, CsvForm()),
    )
    for name, (table, file, form) in zip(NAMES, files, strict=True):
        create_database(values, name)
        with connected(values, name) as connection:
            load_csv(connection, table, file, form)
            connection.execute("ANALYZE")


def _fill_lake(values: Mapping[str, str]) -> None:
    store = ObjectStore(BucketSettings.of(values))
    for objects in PREFIXES.values():
        for key, text in objects.items():
            store.upload(text.encode(), ObjectPlace(BUCKET, key), CSV_TYPE)


def _ingest(
    demo: DemoEnvironment,
    server: ServedOpenMetadata,
    workflow: str,
    names: Mapping[str, object] | tuple[str, ...],
) -> None:
    result = demo.run(
        workflow, {"include": json.dumps(list(names))}, server.environment
    )
    if result.phase is not Phase.SUCCEEDED:
        raise ModerateError(
            f"{workflow} has failed. The run's folder holds every log."
        )


def _catalog(tables: Mapping[str, Mapping[str, Any]]) -> Table:
    shown = Table(title="The catalog", title_justify="left")
    for heading in ("service", "table"):
        shown.add_column(heading, overflow="fold")
    for heading in ("rows", "columns", "profiled"):
        shown.add_column(heading, justify="right")
    for table in tables.values():
        profile = table.get("profile", {})
        shown.add_row(
            escape(_short(table["service"]["name"])),
            escape(table["name"]),
            f"{profile.get('rowCount', 0):,.0f}",
            str(len(table["columns"])),
            str(len(table.get("columnProfiles", ()))),
        )
    return shown


def _short(service: str) -> str:
    """Leaves out the digest of a service's name."""
    return "-".join(service.split("-")[:NAME_PARTS])
