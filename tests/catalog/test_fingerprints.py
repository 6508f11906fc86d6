"""A table that has changed at its source has another fingerprint."""

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from local_services.postgres import postgres
from local_services.waiting import wait_until
from moderate.demo.databases import connected, create_database
from steps.catalog.datalake import DatalakeSource
from steps.catalog.postgres import PostgresSource
from steps.catalog.source import Fingerprints, TableName
from steps.clients.postgres_settings import PostgresSettings
from tests.conftest import ServedDatabases, ServedStore
from tests.servers import answering, web_server

READY_SECONDS = 60
TABLES = """
CREATE TABLE readings (id integer PRIMARY KEY, note text);
INSERT INTO readings SELECT n, 'a' FROM generate_series(1, 3) AS n;
CREATE TABLE others (id integer);
CREATE VIEW newest AS SELECT max(id) FROM readings;
CREATE MATERIALIZED VIEW kept AS SELECT id FROM readings;
CREATE TABLE by_year (year integer) PARTITION BY RANGE (year);
CREATE TABLE by_year_2026 PARTITION OF by_year
    FOR VALUES FROM (2026) TO (2027);
CREATE TABLE parent (id integer);
CREATE TABLE child () INHERITS (parent);
CREATE TYPE state AS ENUM ('on');
"""
READINGS = TableName("public", "readings")
COUNTED = ("readings", "others", "kept", "by_year", "parent", "child")


class Database:
    """A database of its own."""

    def __init__(self, environment: dict[str, str], name: str) -> None:
        """Creates it, with one table of each kind."""
        self.environment = environment
        self.name = name
        self.source = PostgresSource(PostgresSettings.of(environment))
        create_database(environment, name)
        self.run(TABLES, "ANALYZE")

    def run(self, *statements: str) -> None:
        """Runs statements, and reports them to the statistics."""
        with connected(self.environment, self.name) as connection:
            for statement in statements:
                connection.execute(statement.encode())
            connection.execute("SELECT pg_stat_force_next_flush()")

    def read(self) -> Fingerprints:
        """Reads the fingerprints."""
        return self.source.fingerprints(self.name)


@pytest.fixture
def database(database_server: ServedDatabases) -> Database:
    """A database on the tests' server."""
    name = f"marks_{uuid.uuid4().hex[:8]}"
    return Database(dict(database_server.environment), name)


def changed(before: Fingerprints, after: Fingerprints) -> set[str]:
    """Names the tables whose fingerprint is another one."""
    names = before.tables.keys() | after.tables.keys()
    return {
        name.table
        for name in names
        if before.tables.get(name) != after.tables.get(name)
    }


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("INSERT INTO readings VALUES (4)", {"readings"}),
        ("UPDATE readings SET note = 'b' WHERE id = 1", {"readings"}),
        ("DELETE FROM readings WHERE id = 1", {"readings"}),
        ("TRUNCATE readings", {"readings"}),
        ("ALTER TABLE readings ADD COLUMN x integer", {"readings"}),
        ("ALTER TABLE readings ALTER note SET DEFAULT 'a'", {"readings"}),
        ("ALTER TABLE readings ALTER note TYPE varchar", {"readings"}),
        ("ALTER TABLE readings RENAME note TO text", {"readings"}),
        ("ALTER TABLE others ADD UNIQUE (id)", {"others"}),
        ("COMMENT ON TABLE readings IS 'x'", {"readings"}),
        ("COMMENT ON COLUMN readings.note IS 'x'", {"readings"}),
        ("GRANT SELECT ON others TO pg_monitor", {"others"}),
        ("REFRESH MATERIALIZED VIEW kept", {"kept"}),
        ("INSERT INTO by_year VALUES (2026)", {"by_year"}),
        (
            (
                "CREATE TABLE by_year_2027 PARTITION OF by_year "
                "FOR VALUES FROM (2027) TO (2028)"
            ),
            {"by_year"},
        ),
        ("INSERT INTO child VALUES (1)", {"parent", "child"}),
        ("CREATE TABLE further (id integer)", {"further"}),
        ("DROP TABLE others", {"others"}),
        ("ALTER TABLE others RENAME TO another", {"others", "another"}),
        ("SELECT * FROM readings", set()),
        ("CREATE TEMPORARY TABLE passing (id integer)", set()),
        ("ANALYZE", set()),
    ],
)
def test_a_change_of_a_table_is_one_of_its_fingerprint(
    database: Database, statement: str, tables: set[str]
) -> None:
    before = database.read()
    database.run(statement)
    assert changed(before, database.read()) == tables


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE SCHEMA planning",
        "COMMENT ON SCHEMA public IS 'x'",
        "COMMENT ON DATABASE {} IS 'x'",
        "ALTER TYPE state ADD VALUE 'off'",
        "ALTER TYPE state RENAME TO condition",
    ],
)
def test_a_change_beside_the_tables_is_one_of_the_database(
    database: Database, statement: str
) -> None:
    before = database.read()
    database.run(statement.format(database.name))
    assert database.read().item != before.item


def test_nothing_changes_by_itself(database: Database) -> None:
    assert database.read() == database.read()


def test_of_views_nothing_is_known(database: Database) -> None:
    tables = database.read().tables
    assert tables[TableName("public", "newest")] == ""
    assert all(tables[TableName("public", name)] for name in COUNTED)


def test_nothing_is_known_where_nothing_is_counted(
    database: Database,
) -> None:
    database.run(f"ALTER DATABASE {database.name} SET track_counts = off")
    assert not any(database.read().tables.values())


@pytest.mark.parametrize(
    "reset",
    [
        "SELECT pg_stat_reset()",
        "SELECT pg_stat_reset_single_table_counters('readings'::regclass)",
    ],
)
def test_counters_that_were_reset_are_never_taken_for_the_same(
    database: Database, reset: str
) -> None:
    before = database.read().tables[READINGS]
    database.run(reset)
    database.run("INSERT INTO readings VALUES (4), (5), (6)")
    assert database.read().tables[READINGS] != before


def test_a_copy_in_a_databases_place_is_never_taken_for_it(
    database: Database,
) -> None:
    before = database.read().tables[READINGS]
    copy = f"{database.name}_copy"
    with connected(database.environment) as connection:
        for text in (
            "CREATE DATABASE {copy} TEMPLATE {name} STRATEGY file_copy",
            "DROP DATABASE {name}",
            "ALTER DATABASE {copy} RENAME TO {name}",
        ):
            connection.execute(
                sql.SQL(text).format(
                    copy=sql.Identifier(copy),
                    name=sql.Identifier(database.name),
                )
            )
    assert database.read().tables[READINGS] != before


@pytest.fixture
def crashing(tmp_path: Path) -> Iterator[Database]:
    """A database on a server that may crash."""
    with postgres(tmp_path) as environment:
        yield Database(dict(environment), "crashing")


def test_counters_that_a_crash_has_lost_are_never_taken_for_the_same(
    crashing: Database,
) -> None:
    before = crashing.read().tables[READINGS]
    crash(crashing)
    crashing.run("INSERT INTO readings VALUES (4), (5), (6)")
    assert crashing.read().tables[READINGS] != before


def crash(database: Database) -> None:
    """Kills a session, upon which the server starts anew without counters."""
    with connected(database.environment) as connection:
        (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone() or ()
        os.kill(pid, signal.SIGKILL)

        def gone() -> bool:
            try:
                connection.execute("SELECT 1")
            except psycopg.OperationalError:
                return True
            return False

        assert wait_until(gone, READY_SECONDS)

    def back() -> bool:
        try:
            with connected(database.environment):
                return True
        except psycopg.OperationalError:
            return False

    assert wait_until(back, READY_SECONDS)


LISTED = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>
<Contents><Key>p/a.csv</Key>{}<Size>{}</Size></Contents>
<Contents><Key>p/b.txt</Key><ETag>"x"</ETag><Size>1</Size></Contents>
</ListBucketResult>"""
TAG = "<ETag>&quot;{}&quot;</ETag>"
WRITTEN = "<LastModified>2026-01-0{}T00:00:00.000Z</LastModified>"


def listed(s3: ServedStore, about: str, size: int) -> dict[TableName, str]:
    """Reads the fingerprints of a prefix, as a store lists it."""
    body = LISTED.format(about, size).encode()
    with web_server(answering(200, body)) as url:
        settings = s3.settings.model_copy(update={"s3_endpoint_url": url})
        return dict(DatalakeSource(settings).fingerprints("p/").tables)


@pytest.mark.parametrize(
    ("about", "size"),
    [
        (TAG.format("b") + WRITTEN.format(1), 1),
        (TAG.format("a") + WRITTEN.format(2), 1),
        (TAG.format("a") + WRITTEN.format(1), 2),
    ],
    ids=["another ETag", "another time", "another size"],
)
def test_a_file_that_was_written_anew_has_another_fingerprint(
    s3: ServedStore, about: str, size: int
) -> None:
    before = listed(s3, TAG.format("a") + WRITTEN.format(1), 1)
    (mark,) = before.values()
    assert mark
    assert before == listed(s3, TAG.format("a") + WRITTEN.format(1), 1)
    assert before != listed(s3, about, size)


@pytest.mark.parametrize("about", ["", TAG.format("")])
def test_of_a_file_without_an_etag_nothing_is_known(
    s3: ServedStore, about: str
) -> None:
    assert list(listed(s3, about + WRITTEN.format(1), 1).values()) == [""]
