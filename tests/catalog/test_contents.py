"""The catalog describes tables as PostgreSQL itself does."""

from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql

from moderate.demo.databases import connected
from steps.catalog.names import postgres_service
from tests.catalog.conftest import Recording
from tests.catalog.ingestion import SLOWEST_RUN_SECONDS
from tests.catalog.sources import ENERGY

pytestmark = pytest.mark.timeout(SLOWEST_RUN_SECONDS)

RELATIONS = """
SELECT n.nspname || '.' || c.relname FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'planning', 'two.words') AND NOT c.relispartition
AND c.relkind IN ('r', 'p', 'v', 'm')
"""
COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
"""
KINDS = {
    "bigint": "BIGINT",
    "boolean": "BOOLEAN",
    "character": "CHAR",
    "character varying": "VARCHAR",
    "date": "DATE",
    "double precision": "DOUBLE",
    "integer": "INT",
    "jsonb": "JSON",
    "numeric": "NUMERIC",
    "real": "FLOAT",
    "smallint": "SMALLINT",
    "text": "TEXT",
    "text[]": "ARRAY",
    "timestamp with time zone": "TIMESTAMP",
    "timestamp without time zone": "TIMESTAMP",
    "uuid": "UUID",
}
FILES = ("public.buildings", "public.meters")
TABLES = (*FILES, "public.readings", "public.sites", "planning.roofs")
NUMBERS = ("small", "exact", "rough", "fine")
READINGS = "public.readings"
TOLERANCE = 1e-9

in_each_table = pytest.mark.parametrize("name", TABLES)
of_each_number = pytest.mark.parametrize("column", NUMBERS)


@pytest.fixture(scope="module")
def energy(
    databases: dict[str, str], kept: Recording
) -> Iterator[psycopg.Connection]:
    """A connection to the database that was described."""
    assert kept
    with connected(databases, ENERGY) as connection:
        yield connection


@pytest.fixture
def tables(kept: Recording) -> dict[str, dict[str, Any]]:
    """The tables of that database in the catalog."""
    return kept.tables_of(postgres_service(ENERGY))


def column_profiles(table: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns the profiles of a table's columns by name."""
    found: dict[str, dict[str, Any]] = table["columnProfiles"]
    return found


def ask(energy: psycopg.Connection, what: LiteralString, column: str) -> float:
    """Asks PostgreSQL one thing of a column of the readings."""
    query = sql.SQL("SELECT {} FROM readings").format(
        sql.SQL(what).format(sql.Identifier(column))
    )
    row = energy.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def test_every_table_and_view_is_there_and_no_other(
    energy: psycopg.Connection, tables: dict[str, dict[str, Any]]
) -> None:
    known = {name for (name,) in energy.execute(RELATIONS).fetchall()}
    # Both have changed since, for the second run.
    assert set(tables) - {"public.weather"} == known - {"public.tariffs"}


@in_each_table
def test_columns_have_postgresqls_names_in_its_order(
    energy: psycopg.Connection,
    tables: dict[str, dict[str, Any]],
    name: str,
) -> None:
    expected = [row[0] for row in energy.execute(COLUMNS, [name])]
    assert [column["name"] for column in tables[name]["columns"]] == expected


@in_each_table
def test_columns_are_shown_with_postgresqls_types(
    energy: psycopg.Connection,
    tables: dict[str, dict[str, Any]],
    name: str,
) -> None:
    expected = [row[1] for row in energy.execute(COLUMNS, [name])]
    shown = [column["dataTypeDisplay"] for column in tables[name]["columns"]]
    assert shown == expected


@in_each_table
def test_columns_are_of_the_types_that_openmetadata_has_for_them(
    tables: dict[str, dict[str, Any]], name: str
) -> None:
    for column in tables[name]["columns"]:
        plain = column["dataTypeDisplay"].split("(")[0]
        assert column["dataType"] == KINDS[plain]


@in_each_table
def test_profiles_count_the_rows(
    energy: psycopg.Connection,
    tables: dict[str, dict[str, Any]],
    name: str,
) -> None:
    schema, table = name.split(".")
    query = sql.SQL("SELECT count(*) FROM {}").format(
        sql.Identifier(schema, table)
    )
    row = energy.execute(query).fetchone()
    assert row is not None
    assert tables[name]["profile"]["rowCount"] == row[0]


def test_every_table_and_view_has_a_profile(
    tables: dict[str, dict[str, Any]],
) -> None:
    unprofiled = [
        name for name, table in tables.items() if "profile" not in table
    ]
    assert unprofiled == []


@of_each_number
def test_a_number_has_postgresqls_smallest_and_largest(
    energy: psycopg.Connection,
    tables: dict[str, dict[str, Any]],
    column: str,
) -> None:
    profile = column_profiles(tables[READINGS])[column]
    assert float(profile["min"]) == ask(energy, "min({})", column)
    assert float(profile["max"]) == ask(energy, "max({})", column)


@of_each_number
def test_a_number_has_postgresqls_mean(
    energy: psycopg.Connection,
    tables: dict[str, dict[str, Any]],
    column: str,
) -> None:
    expected = pytest.approx(ask(energy, "avg({})", column), rel=TOLERANCE)
    assert column_profiles(tables[READINGS])[column]["mean"] == expected


def test_missing_values_are_counted(
    energy: psycopg.Connection, tables: dict[str, dict[str, Any]]
) -> None:
    missing = ask(energy, "count(*) FILTER (WHERE {} IS NULL)", "note")
    profile = column_profiles(tables[READINGS])["note"]
    assert profile["nullCount"] == missing > 0


def test_distinct_values_are_counted(
    energy: psycopg.Connection, tables: dict[str, dict[str, Any]]
) -> None:
    distinct = ask(energy, "count(DISTINCT {})", "note")
    profile = column_profiles(tables[READINGS])["note"]
    assert profile["distinctCount"] == distinct


def test_sample_rows_are_rows_of_the_table(
    energy: psycopg.Connection, tables: dict[str, dict[str, Any]]
) -> None:
    sample = tables[READINGS]["sampleData"]
    at = {name: place for place, name in enumerate(sample["columns"])}
    stored: dict[int, float] = dict(
        energy.execute("SELECT id, fine FROM readings").fetchall()
    )
    assert sample["rows"]
    for row in sample["rows"]:
        assert stored[row[at["id"]]] == row[at["fine"]]


def test_a_comment_is_the_description(
    tables: dict[str, dict[str, Any]],
) -> None:
    assert tables[READINGS]["description"] == "Values of the meters."


def test_a_primary_key_is_known(tables: dict[str, dict[str, Any]]) -> None:
    first = tables[READINGS]["columns"][0]
    assert (first["name"], first["constraint"]) == ("id", "PRIMARY_KEY")


def test_a_foreign_key_leads_to_its_table(
    tables: dict[str, dict[str, Any]],
) -> None:
    (constraint,) = tables[READINGS]["tableConstraints"]
    assert constraint["columns"] == ["site"]
    (target,) = constraint["referredColumns"]
    assert target.endswith(".public.sites.id")


@pytest.mark.parametrize(
    ("table", "columns", "targets"),
    [
        ("planning.roofs", ["site"], [".public.sites.id"]),
        (
            "planning.steps",
            ["a", "b"],
            ['."two.words".the plans.a', '."two.words".the plans.b'],
        ),
    ],
)
def test_a_foreign_key_leads_into_another_schema(
    tables: dict[str, dict[str, Any]],
    table: str,
    columns: list[str],
    targets: list[str],
) -> None:
    (constraint,) = [
        one
        for one in tables[table]["tableConstraints"]
        if one["constraintType"] == "FOREIGN_KEY"
    ]
    assert constraint["columns"] == columns
    found = [
        name.removeprefix(f"{postgres_service(ENERGY)}.{ENERGY}")
        for name in constraint["referredColumns"]
    ]
    assert found == targets


def test_views_are_known_as_views(tables: dict[str, dict[str, Any]]) -> None:
    assert tables["public.high"]["tableType"] == "View"
    assert tables["public.daily"]["tableType"] == "MaterializedView"
