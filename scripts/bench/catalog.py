"""Measures the catalog's ingestion beside the framework's own command.

Both bring the same small databases into the same double of the OpenMetadata
server, in one run: the batch step once for all of them, in batches of
several sizes, and ``metadata ingest`` and ``metadata profile`` once for each.
Then larger databases are ingested twice, unchanged the second time::

    python -m bench.catalog
"""

import argparse
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import LiteralString

from psycopg import sql
from rich.console import Console
from rich.table import Table

from bench.processes import Run, measure
from checkout.images import OPENMETADATA, install
from local_services.open_metadata.double import OpenMetadataDouble
from local_services.open_metadata.serving import open_metadata
from local_services.postgres import postgres
from moderate.demo.databases import connected, create_database
from steps.catalog.configuration import Configuration, configurations
from steps.catalog.postgres import PostgresSource
from steps.catalog.ranges import make_batches
from steps.catalog.report import Report
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.wire import decode, encode

DATABASES = 20
BATCH_SIZES = (20, 10, 5)
TABLES_EACH = 20
BATCH = 25
TABLES = (
    "CREATE TABLE building (id int PRIMARY KEY, street text, built date)",
    "CREATE TABLE reading (building int, at timestamptz, kwh numeric)",
    "INSERT INTO building SELECT generate_series(1, 100), 'x', now()",
    "INSERT INTO reading SELECT 1, now(), generate_series(1, 1000)",
)
LARGE_TABLE: LiteralString = """
    CREATE TABLE {} AS
    SELECT n AS id, now() AS at, random() AS kwh, 'a' AS note
    FROM generate_series(1, 1000) AS n
"""

Settings = Mapping[str, str]


def main() -> None:
    """Prints what each way took."""
    options = _options()
    programs = install(OPENMETADATA) / "bin"
    names = [f"small_{number:03d}" for number in range(options.databases)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        served = stack.enter_context(
            open_metadata(folder, programs / "python")
        )
        databases = stack.enter_context(postgres(folder))
        settings = {**databases, **served.environment}
        for name in names:
            _fill(settings, name)
        runs = {
            f"steps, {size} a batch": _steps(
                programs, settings, folder, names, size, profile="all"
            )
            for size in options.batch_sizes
        }
        runs["metadata ingest and profile"] = _for_all(
            _commands(programs, settings, folder, names[: options.by_command]),
            options.databases / options.by_command,
        )
        twice = _twice(programs, settings, folder, served.double, options)
    console = Console()
    title = f"{options.databases} small databases into the catalog"
    console.print(_table(runs, title, "metadata ingest and profile"))
    title = f"{options.databases} databases of {options.tables} tables each"
    console.print(_table(twice, title, "the first run"))


def _twice(
    programs: Path,
    settings: Settings,
    folder: Path,
    double: OpenMetadataDouble,
    options: argparse.Namespace,
) -> dict[str, Run]:
    """Ingests databases twice; the second run must leave all as it is."""
    names = [f"large_{number:03d}" for number in range(options.databases)]
    for name in names:
        _fill_large(settings, name, options.tables)
    runs, kept = {}, []
    for title in ("the first run", "the second, unchanged"):
        runs[title] = _steps(programs, settings, folder, names, BATCH)
        kept.append(double.tables())
    if kept[0] != kept[1]:
        raise RuntimeError("The second run has changed the catalog.")
    return runs


def _fill_large(settings: Settings, name: str, tables: int) -> None:
    create_database(settings, name)
    with connected(settings, name) as connection:
        for number in range(tables):
            table = sql.Identifier(f"readings_{number}")
            connection.execute(sql.SQL(LARGE_TABLE).format(table))
        connection.execute("ANALYZE")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", type=int, default=DATABASES)
    parser.add_argument(
        "--tables",
        type=int,
        default=TABLES_EACH,
        help="how many tables each database has that is ingested twice",
    )
    parser.add_argument(
        "--by-command",
        type=int,
        default=DATABASES,
        help="how many of them the commands take; the rest costs the same",
    )
    parser.add_argument(
        "--batch-sizes", type=int, nargs="+", default=BATCH_SIZES
    )
    return parser.parse_args()


def _for_all(run: Run, times: float) -> Run:
    return Run(
        run.seconds * times, run.processor_seconds * times, run.mebibytes
    )


def _fill(settings: Settings, name: str) -> None:
    create_database(settings, name)
    with connected(settings, name) as connection:
        for statement in TABLES:
            connection.execute(statement)


def _steps(
    programs: Path,
    settings: Settings,
    folder: Path,
    names: Sequence[str],
    size: int,
    *,
    profile: str = "changed",
) -> Run:
    environment = {
        **settings,
        "HOME": str(folder),
        "STEP_OUTPUTS_DIR": str(folder / "outputs"),
    }
    arguments = {
        "slot": "0",
        "ignore": "[]",
        "include": json.dumps(list(names)),
        "work": "both",
        "profile": profile,
        "profile_sample": "0",
        "overwrite_descriptions": "false",
        "item_seconds": "600",
        "verbose": "false",
        "dry_run": "false",
    }
    runs = []
    for batch in make_batches(names, size=size, slots=1):
        inputs = {
            **arguments,
            "number": str(batch.number),
            "content": encode(batch.content),
        }
        options = [f"--{name}={value}" for name, value in inputs.items()]
        runs.append(
            measure(
                [
                    str(programs / "python"),
                    *("-m", "steps", "postgres-ingestion-ingest"),
                    *options,
                ],
                environment,
            )
        )
        _check(folder)
    return _sum(runs)


def _check(folder: Path) -> None:
    text = decode((folder / "outputs/report").read_text())
    report = Report.model_validate_json(text)
    if report.failed:
        raise RuntimeError(f"An item has failed: {report.lines[0].error}")


def _commands(
    programs: Path, settings: Settings, folder: Path, names: Iterable[str]
) -> Run:
    source = PostgresSource(PostgresSettings.of(settings))
    server = OpenMetadataSettings.of(settings)
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    runs = []
    for name in names:
        plans = configurations(
            source, name, server, profile_sample=0, log_level="INFO"
        )
        for verb, configuration in (
            ("ingest", plans.metadata),
            ("profile", plans.profiler),
        ):
            file = _written(configuration, folder)
            runs.append(
                measure(
                    [str(programs / "metadata"), verb, "--config", str(file)],
                    environment,
                )
            )
    return _sum(runs)


def _written(configuration: Configuration, folder: Path) -> Path:
    file = folder / "configuration.yaml"
    file.touch(mode=0o600)
    file.write_text(json.dumps(configuration))
    return file


def _sum(runs: Sequence[Run]) -> Run:
    return Run(
        sum(run.seconds for run in runs),
        sum(run.processor_seconds for run in runs),
        max(run.mebibytes for run in runs),
    )


def _table(runs: Mapping[str, Run], title: str, reference: str) -> Table:
    table = Table(title=title)
    for column in ("", "wall s", "CPU s", "MiB", f"of the CPU of {reference}"):
        table.add_column(column, justify="left" if not column else "right")
    for name, run in runs.items():
        share = run.processor_seconds / runs[reference].processor_seconds
        table.add_row(name, *run.cells(), f"{share:.3f}")
    return table


if __name__ == "__main__":
    main()
