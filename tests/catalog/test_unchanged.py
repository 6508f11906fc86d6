"""A run profiles what has changed, and starts nothing where nothing has."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checkout.images import OPENMETADATA, environment_of
from local_services.open_metadata.serving import ServedOpenMetadata
from moderate.demo.databases import connected, create_database
from steps.catalog.ranges import Range
from steps.catalog.report import Line, Report
from steps.contract.errors import ExitCode
from steps.contract.wire import decode
from tests.catalog.ingestion import SLOWEST_RUN_SECONDS, Ingestion
from tests.catalog.sources import CHANGING
from tests.step_process import run_step

pytestmark = pytest.mark.timeout(SLOWEST_RUN_SECONDS)

TABLES = """
CREATE TABLE meters (id integer); INSERT INTO meters VALUES (1);
CREATE TABLE sites (id integer); INSERT INTO sites VALUES (1);
"""
CONTENT = Range(
    first=CHANGING, last=CHANGING, count=1, report_bytes=10_000
).model_dump_json()


@pytest.fixture
def ingest(
    ingestion: Ingestion, databases: dict[str, str], tmp_path: Path
) -> Callable[..., Line]:
    """Ingests a database, with an account that may keep the state."""
    assert ingestion.images
    create_database(databases, CHANGING)
    run_sql(databases, TABLES, "ANALYZE")

    def ingest(profile: str = "changed") -> Line:
        inputs = {
            "number": 0,
            "slot": 0,
            "content": CONTENT,
            "ignore": [],
            "include": [CHANGING],
            "work": "both",
            "profile": profile,
            "profile_sample": 0,
            "overwrite_descriptions": False,
            "item_seconds": 600,
            "verbose": False,
            "dry_run": False,
        }
        done = run_step(
            [
                "postgres-ingestion-ingest",
                *(
                    f"--{key}="
                    + (value if isinstance(value, str) else json.dumps(value))
                    for key, value in inputs.items()
                ),
            ],
            tmp_path / "outputs",
            {**ingestion.environment, **databases},
            program=("-m", "steps"),
            python=environment_of(OPENMETADATA) / "bin/python",
        )
        assert done.exit_code == ExitCode.DONE, done.stderr
        report = Report.model_validate_json(decode(done.outputs["report"]))
        (line,) = report.lines
        assert not line.error
        return line

    return ingest


def run_sql(databases: dict[str, str], *statements: str) -> None:
    """Runs statements, and reports them to the statistics."""
    with connected(databases, CHANGING) as connection:
        for statement in statements:
            connection.execute(statement.encode())
        connection.execute("SELECT pg_stat_force_next_flush()")


def test_a_run_profiles_what_has_changed_and_nothing_else(
    ingest: Callable[..., Line],
    databases: dict[str, str],
    catalog_server: ServedOpenMetadata,
) -> None:
    double = catalog_server.double
    first = ingest()
    assert (first.tables, first.profiled, first.unchanged) == (2, 2, 0)

    kept, asked = double.tables(), len(double.requests())
    second = ingest()
    assert (second.tables, second.profiled, second.unchanged) == (2, 0, 2)
    assert double.tables() == kept
    methods = {one["method"] for one in double.requests()[asked:]}
    assert methods == {"GET"}

    run_sql(databases, "INSERT INTO meters VALUES (2)", "ANALYZE")
    third = ingest()
    assert (third.tables, third.profiled, third.unchanged) == (2, 1, 1)
    rows = {
        table["name"]: table["profile"]["rowCount"]
        for table in double.tables().values()
    }
    assert rows == {"meters": 2, "sites": 1}

    double.reset()
    fourth = ingest()
    assert (fourth.tables, fourth.profiled, fourth.unchanged) == (2, 2, 0)
    assert ingest("none").profiled == 0
