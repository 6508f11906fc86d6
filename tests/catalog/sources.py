"""Databases and files of every kind, as sources of the catalog."""

from collections.abc import Mapping

from psycopg import Connection, sql

from moderate.demo.databases import (
    CsvForm,
    connected,
    create_database,
    load_csv,
)
from tests.step_process import ROOT

DATA = ROOT / "tests/data"
BUILDINGS = DATA / "v1.0_Data_T3.1_Dynamicanalysis_PVanalysis.csv"
BUILDINGS_FORM = CsvForm(skipped_lines=1, delimiter=";", decimal=",")
METERS = DATA / "meta_open.csv"
WEATHER = DATA / "weather1.csv"
READER = "catalog_reader"

ENERGY = "energy"
EMPTY = "empty"
DENIED = "denied"
BROKEN = "broken"
LOCKED = "locked"
KILLED = "killed"
AFTERWARDS = "zone_after_all"
DESCRIBED = "described"
CHANGING = "changing"
IGNORED = "ignored_by_pattern"
HOSTILE_DATABASES = {
    "double quotes": 'a "quoted" name',
    "single quotes": "it's",
    "percent": "100%",
    "spaces": "  two  spaces ",
    "tag": "{{workflow.name}}",
    "expression": "{{=1+1}}",
    "newline": "first\nsecond",
    "dot and slash": "a.b/c?d#e",
    "63 bytes": "ö" * 31 + "x",
    "a slug": "same-slug",
    "the same slug": "same_slug",
}
HOSTILE_TABLE = 'the "table" 100% a.b {{x}}'
# OpenMetadata's word for a quote is longer than a name may be, 20 times.
UNSTORABLE_TABLE = '"' * 20
HOSTILE_COLUMNS = (
    'a "quoted" column',
    "it's",
    "100%",
    "dot.ted",
    "{{=1+1}}",
    "ö" * 31,
)

TYPES = """
CREATE TABLE sites (
    id integer PRIMARY KEY,
    name varchar(40) NOT NULL UNIQUE
);
INSERT INTO sites VALUES (1, 'north'), (2, 'south');
CREATE TABLE readings (
    id bigint PRIMARY KEY,
    site integer REFERENCES sites (id),
    small smallint,
    exact numeric(12, 3),
    rough real,
    fine double precision,
    note text,
    code char(3),
    day date,
    at timestamp without time zone,
    moment timestamp with time zone,
    valid boolean,
    marks text[],
    extra jsonb,
    key uuid
);
COMMENT ON TABLE readings IS 'Values of the meters.';
INSERT INTO readings SELECT
    n, 1 + n % 2, n % 7, n * 1.5, n, n / 4.0,
    CASE WHEN n % 10 = 0 THEN NULL ELSE 'note ' || n % 5 END, 'abc',
    date '2026-01-01' + n, timestamp '2026-01-01' + n * interval '1 hour',
    timestamptz '2026-01-01 00:00:00+00' + n * interval '1 hour', n % 2 = 0,
    ARRAY['a', 'b'], '{"unit": "kWh"}', gen_random_uuid()
FROM generate_series(1, 200) AS n;
CREATE VIEW high AS SELECT id, fine FROM readings WHERE fine > 25;
CREATE MATERIALIZED VIEW daily AS
    SELECT day, avg(fine) AS mean FROM readings GROUP BY day;
CREATE TABLE by_year (year integer, kwh double precision)
    PARTITION BY RANGE (year);
CREATE TABLE by_year_2026 PARTITION OF by_year
    FOR VALUES FROM (2026) TO (2027);
INSERT INTO by_year VALUES (2026, 1.5);
CREATE SCHEMA planning;
CREATE TABLE planning.roofs (
    id integer,
    pitch double precision,
    site integer REFERENCES public.sites (id)
);
INSERT INTO planning.roofs VALUES (1, 30), (2, 45);
CREATE SCHEMA "two.words";
CREATE TABLE "two.words"."the plans" (
    a integer,
    b integer,
    PRIMARY KEY (a, b)
);
CREATE TABLE planning.steps (
    b integer,
    a integer,
    FOREIGN KEY (a, b) REFERENCES "two.words"."the plans" (a, b)
);
"""


def fill_energy(environment: Mapping[str, str]) -> None:
    """Creates the database with the files' tables and one of each type."""
    create_database(environment, ENERGY)
    with connected(environment, ENERGY) as connection:
        connection.execute(TYPES)
        load_csv(connection, "buildings", BUILDINGS, BUILDINGS_FORM)
        load_csv(connection, "meters", METERS)
        load_csv(connection, "weather", WEATHER)
        # Where nothing was counted yet, the framework reports -1 rows.
        connection.execute("ANALYZE")


def fill_hostile(environment: Mapping[str, str], name: str) -> None:
    """Creates a database that is called so, with one hostile table."""
    create_database(environment, name)
    columns = sql.SQL(", ").join(
        sql.SQL("{} integer").format(sql.Identifier(column))
        for column in HOSTILE_COLUMNS
    )
    with connected(environment, name) as connection:
        connection.execute(
            sql.SQL("CREATE TABLE {} ({})").format(
                sql.Identifier(HOSTILE_TABLE), columns
            )
        )
        connection.execute(
            sql.SQL("INSERT INTO {} DEFAULT VALUES").format(
                sql.Identifier(HOSTILE_TABLE)
            )
        )


def fill_simple(environment: Mapping[str, str], name: str) -> None:
    """Creates a database with one small table."""
    create_database(environment, name)
    with connected(environment, name) as connection:
        connection.execute("CREATE TABLE things (id integer)")
        connection.execute("INSERT INTO things VALUES (1), (2)")


def fill_all(environment: Mapping[str, str]) -> None:
    """Creates every database, and the account that the catalog uses."""
    fill_energy(environment)
    create_database(environment, EMPTY)
    for name in (
        BROKEN,
        DENIED,
        IGNORED,
        KILLED,
        LOCKED,
        AFTERWARDS,
        DESCRIBED,
    ):
        fill_simple(environment, name)
    for name in HOSTILE_DATABASES.values():
        fill_hostile(environment, name)
    with connected(environment, BROKEN) as connection:
        connection.execute(
            "CREATE VIEW broken AS SELECT 1 / (id - 1) AS x FROM things"
        )
        connection.execute(
            sql.SQL("CREATE TABLE {} (id integer)").format(
                sql.Identifier(UNSTORABLE_TABLE)
            )
        )
    with connected(environment) as connection:
        create_reader(connection, environment["POSTGRES_PASSWORD"])
        connection.execute(f"REVOKE CONNECT ON DATABASE {DENIED} FROM PUBLIC")


def create_reader(connection: Connection, password: str) -> None:
    """Creates an account that reads all, and is no superuser."""
    connection.execute(
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(READER), sql.Literal(password)
        )
    )
    connection.execute(f"GRANT pg_read_all_data TO {READER}")
