"""Databases with real tables, for the demonstration and for tests."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

SERVER_DATABASE = "postgres"
TEXT = "text"
NUMBER = "double precision"


@dataclass(frozen=True)
class CsvForm:
    """How a CSV file is written.

    Attributes:
        skipped_lines: The lines before the header.
        delimiter: What stands between fields.
        decimal: The decimal sign.
    """

    skipped_lines: int = 0
    delimiter: str = ","
    decimal: str = "."


PLAIN = CsvForm()


@contextmanager
def connected(
    environment: Mapping[str, str], database: str = SERVER_DATABASE
) -> Iterator[psycopg.Connection]:
    """Connects to a database.

    Args:
        environment: The server's settings by variable name.
        database: The database's name.

    Yields:
        A connection that commits at once.
    """
    with psycopg.connect(
        host=environment["POSTGRES_HOST"],
        port=environment["POSTGRES_PORT"],
        user=environment["POSTGRES_USERNAME"],
        password=environment["POSTGRES_PASSWORD"],
        dbname=database,
        autocommit=True,
    ) as connection:
        yield connection


def create_database(environment: Mapping[str, str], name: str) -> None:
    """Creates a database.

    Args:
        environment: The server's settings by variable name.
        name: The database's name: anything that PostgreSQL allows.
    """
    with connected(environment) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        )


def load_csv(
    connection: psycopg.Connection,
    table: str,
    file: Path,
    form: CsvForm = PLAIN,
) -> None:
    """Loads a CSV file into a new table.

    A column whose cells are all numbers, or empty, becomes one of numbers;
    an empty cell becomes NULL.

    Args:
        connection: A connection to the database.
        table: The table's name.
        file: The file.
        form: How it is written.
    """
    header, *rows = _read(file, form)
    names = _distinct(header)
    columns = list(zip(*rows, strict=True))
    kinds = [_kind(column, form) for column in columns]
    identifiers = [sql.Identifier(name) for name in names]
    fields = [
        sql.SQL("{} {}").format(identifier, sql.SQL(kind))
        for identifier, kind in zip(identifiers, kinds, strict=True)
    ]
    connection.execute(
        sql.SQL("CREATE TABLE {} ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(fields)
        )
    )
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(identifiers)
    )
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(
                [
                    _cell(cell, kind, form)
                    for cell, kind in zip(row, kinds, strict=True)
                ]
            )


def _read(file: Path, form: CsvForm) -> list[list[str]]:
    text = file.read_text(encoding="utf-8-sig")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader(lines[form.skipped_lines :], delimiter=form.delimiter)
    return [row for row in reader if row]


def _distinct(names: Sequence[str]) -> list[str]:
    """Numbers the names that come again."""
    found: list[str] = []
    for name in names:
        again = found.count(name) + sum(
            known.startswith(f"{name} (") for known in found
        )
        found.append(f"{name} ({again + 1})" if again else name)
    return found


def _kind(cells: Sequence[str], form: CsvForm) -> str:
    try:
        for cell in cells:
            float(cell.replace(form.decimal, ".") or 0)
    except ValueError:
        return TEXT
    return NUMBER


def _cell(cell: str, kind: str, form: CsvForm) -> str | None:
    if not cell:
        return None
    return cell if kind == TEXT else cell.replace(form.decimal, ".")
