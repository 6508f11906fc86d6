"""What of an item has changed since its tables were last profiled.

The pipelines' state has a record of each item: the fingerprints that its
source had before the last run, and when its profiles were made. A profile
holds while its table's fingerprint is the same, and while the server still
has that very profile: one that was restored, emptied or edited by another
program is profiled again. After a week, everything is.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from steps.catalog.configuration import Configurations, masked
from steps.catalog.server import CatalogServer
from steps.catalog.source import Source, TableName
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.errors import BadSettingsError, ModerateError

if TYPE_CHECKING:
    from steps.state.state import State

ResultT = TypeVar("ResultT")
Profile = Literal["changed", "all", "none"]
NAMESPACE = "catalog"
FULL_PROFILE_SECONDS = 7 * 24 * 60 * 60
# Of the records and of what a fingerprint holds: another one, and everything
# is profiled again.
FORMAT = 1

log = logging.getLogger(__name__)


class ProfiledTable(BaseModel):
    """A table whose profile and sample rows are on the server.

    Attributes:
        name: Its schema and name, as the server stores them.
        fqn: Its fully qualified name.
        profiled_at: When it was profiled, in milliseconds since 1970.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: TableName
    fqn: str
    profiled_at: int


class _Known(BaseModel):
    """A profile that was made.

    Attributes:
        fingerprint: The table's fingerprint before it.
        profiled_at: When it was made, in milliseconds since 1970.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fingerprint: str
    profiled_at: int


class _Record(BaseModel):
    """What the state holds of an item.

    Attributes:
        recipe: How its profiles were made.
        item: The fingerprint of what was described without fault; else empty.
        all_at: When all tables were profiled, in seconds since 1970.
        tables: The profiles, by the tables' fully qualified names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    item: str
    all_at: float
    tables: dict[str, _Known]


def _now() -> float:
    return time.time()


@dataclass(frozen=True)
class Change:
    """What is known of an item before it is ingested.

    Attributes:
        recipe: How its profiles are made.
        item: The fingerprint of what belongs to no table alone.
        tables: The tables' fingerprints, by their stored names.
        all_at: When all tables were profiled, in seconds since 1970.
        current: The profiles that hold, by the tables' fully qualified names.
        nothing: Whether nothing has changed, and all of it is on the server.
    """

    recipe: str
    item: str = ""
    tables: Mapping[TableName, str] = field(default_factory=dict)
    all_at: float = field(default_factory=_now)
    current: Mapping[str, _Known] = field(default_factory=dict)
    nothing: bool = False


class Changes:
    """Finds what has changed, and records what was done."""

    def __init__(
        self,
        source: Source,
        server: OpenMetadataSettings,
        state: PostgresSettings | BadSettingsError,
        *,
        every_table: bool = False,
        every_item: bool = False,
    ) -> None:
        """Prepares; nothing is connected yet.

        Args:
            source: Where the items are.
            server: The OpenMetadata server.
            state: Where the pipelines' state is kept.
            every_table: Whether tables are profiled that have not changed.
            every_item: Whether items are ingested that have not changed.
        """
        self._source = source
        self._server = CatalogServer(server)
        self._state: PostgresSettings | None = None
        if isinstance(state, PostgresSettings):
            self._state = state
        else:
            self._do_without(state)
        self._every_table = every_table
        self._every_item = every_item

    def since_last(self, name: str, plan: Configurations) -> Change:
        """Compares an item with its record and with the server.

        Args:
            name: The item.
            plan: Its configurations.

        Returns:
            What has changed; all of it where that is not known.

        Raises:
            ModerateError: The server or the state refused, or is gone.
        """
        recipe = _recipe(plan)
        try:
            found = self._source.fingerprints(name)
        except ModerateError as error:
            log.debug("%r: its fingerprints are not known: %s", name, error)
            return Change(recipe)
        tables = {table.stored(): mark for table, mark in found.tables.items()}
        change = Change(recipe, found.item, tables)
        known = None if self._every_table else self._record(name)
        if known is None or not _holds(known, change):
            return change
        return self._compared(name, change, known)

    def record(
        self,
        name: str,
        change: Change,
        profiled: Iterable[ProfiledTable],
        *,
        described: bool,
    ) -> None:
        """Records what the server has of an item now.

        Args:
            name: The item.
            change: What was known of it before it was ingested.
            profiled: The tables that were profiled now.
            described: Whether all of it was described without fault.

        Raises:
            ModerateError: The state is gone.
        """
        now = {
            table.fqn: _Known(
                fingerprint=change.tables.get(table.name, ""),
                profiled_at=table.profiled_at,
            )
            for table in profiled
        }
        record = _Record(
            recipe=change.recipe,
            item=change.item if described else "",
            all_at=change.all_at,
            tables={**change.current, **now},
        )
        key, value = self._source.service(name), record.model_dump()
        self._in_state(lambda state: state.put(key, value))

    def _compared(self, name: str, change: Change, known: _Record) -> Change:
        place = self._source.service(name), self._source.database(name)
        stored = self._server.tables(*place)
        same = {
            stored[table].fqn: known.tables[stored[table].fqn]
            for table, mark in change.tables.items()
            if mark
            and table in stored
            and stored[table].fqn in known.tables
            and known.tables[stored[table].fqn].fingerprint == mark
        }
        found = self._server.profiled_at(same)
        current = {
            fqn: one
            for fqn, one in same.items()
            if found[fqn] == one.profiled_at
        }
        return replace(
            change,
            current=current,
            all_at=known.all_at if current else change.all_at,
            nothing=not self._every_item
            and bool(current)
            and len(current) == len(change.tables) == len(stored)
            and known.item == change.item,
        )

    def _record(self, name: str) -> _Record | None:
        key = self._source.service(name)
        kept = self._in_state(lambda state: state.get(key))
        try:
            return _Record.model_validate(kept) if kept else None
        except ValidationError:
            log.warning("%r: its record is not readable, and left out.", name)
            return None

    def _in_state(self, use: "Callable[[State], ResultT]") -> ResultT | None:
        from steps.state.state import State

        if self._state is None:
            return None
        try:
            with State(self._state, NAMESPACE) as state:
                return use(state)
        except BadSettingsError as error:
            self._do_without(error)
            return None

    def _do_without(self, error: BadSettingsError) -> None:
        self._state = None
        log.warning(
            "Every table is profiled: which ones have not changed is kept in "
            "the pipelines' state, and that cannot be used. %s",
            error,
        )


def _holds(known: _Record, change: Change) -> bool:
    age = change.all_at - known.all_at
    return known.recipe == change.recipe and 0 <= age < FULL_PROFILE_SECONDS


def _recipe(plan: Configurations) -> str:
    """Digests how profiles and samples are made, without credentials."""
    from steps.clients.open_metadata import FRAMEWORK_VERSION

    parts = [masked(plan.profiler), masked(plan.samples)]
    for part in parts:
        del part["workflowConfig"]["loggerLevel"]
    text = json.dumps([FORMAT, FRAMEWORK_VERSION, *parts], sort_keys=True)
    return sha256(text.encode()).hexdigest()
