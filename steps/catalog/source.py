"""What the catalog asks of the places that it describes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from steps.catalog.names import LONGEST_NAME, entity_name, table_name


class TableName(NamedTuple):
    """A table as its source names it.

    Attributes:
        schema: The schema, or the bucket.
        table: The table, or the object's key.
    """

    schema: str
    table: str

    def __str__(self) -> str:
        """Returns the name as a person reads it."""
        return f"{self.schema}.{self.table}"

    def stored(self) -> "TableName":
        """Returns the name as the server stores it."""
        return TableName(entity_name(self.schema), table_name(self.table))


@dataclass(frozen=True)
class Contents:
    """What a source has of an item.

    Attributes:
        schemas: The schemas, or the bucket.
        tables: The tables that the framework describes.
    """

    schemas: frozenset[str]
    tables: frozenset[TableName]

    def __or__(self, other: "Contents") -> "Contents":
        """Returns what either of two looks has seen."""
        return Contents(
            self.schemas | other.schemas, self.tables | other.tables
        )

    def stored_schemas(self) -> set[str]:
        """Returns the schemas' names as the server stores them."""
        return set(map(entity_name, self.schemas))

    def long_keys(self) -> dict[str, str]:
        """Returns the keys that are too long for names, by their names."""
        return {
            stored.table: table.table
            for stored, table in self.stored_tables().items()
            if len(table.table) > LONGEST_NAME
        }

    def stored_tables(self) -> dict[TableName, TableName]:
        """Returns the tables by their names as the server stores them."""
        return {table.stored(): table for table in self.tables}


@dataclass(frozen=True)
class Fingerprints:
    """What is another text when an item has changed at its source.

    Attributes:
        item: Of what belongs to no table alone.
        tables: Of each table, its definition and its content; empty where
            the source has none.
    """

    item: str
    tables: Mapping[TableName, str]


@dataclass(frozen=True)
class Connection:
    """How the framework reaches an item; holds credentials.

    Attributes:
        config: The connection of an OpenMetadata service.
        filters: What of it takes part, as the framework's filters.
    """

    config: Mapping[str, Any]
    filters: Mapping[str, Any] = field(default_factory=dict)


class Source(Protocol):
    """A place whose items the catalog describes.

    Attributes:
        kind: The framework's name of it.
        noun: What one item is called.
    """

    kind: str
    noun: str

    def names(self) -> list[str]:
        """Lists all items; incomplete answers are errors."""

    def origin(self) -> str:
        """Names the source so that no other one is called the same."""

    def not_covered(self) -> list[str]:
        """Names what no item covers, one sentence each."""

    def service(self, name: str) -> str:
        """Names an item's service."""

    def database(self, name: str) -> str:
        """Names an item's database entity."""

    def contents(self, name: str) -> Contents:
        """Lists all that an item has; incomplete answers are errors."""

    def fingerprints(self, name: str) -> Fingerprints:
        """Reads what is another text when an item has changed."""

    def connection(self, name: str) -> Connection:
        """Describes the connection to an item, for the framework."""
