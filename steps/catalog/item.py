"""One item: its workflows, and whether the server has stored the result."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from steps.catalog import framework
from steps.catalog.configuration import Configurations
from steps.catalog.gone import gone_entities
from steps.catalog.report import Line, Outcome
from steps.catalog.server import CatalogServer, Stored
from steps.catalog.source import Source, TableName
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import BadSettingsError, ModerateError

Work = Literal["both", "metadata", "profiler"]
SHOWN_FAILURES = 3
SHOWN_TABLES = 5

log = logging.getLogger(__name__)


class _ItemError(Exception):
    """Nothing of the item could be done; its faults, or this, are why."""


@dataclass
class _Item:
    """One item in progress.

    Attributes:
        source: Its source.
        name: What its source calls it.
        configurations: The framework's configurations.
        server: The OpenMetadata server.
        tables: The server's tables, by their stored names.
        deleted: How many tables are marked as deleted now.
        profiled: How many of them have a new profile.
        lacking: The tables that could not be described or profiled.
        faults: Why, one sentence each.
        warnings: How many warnings the framework gave.
    """

    source: Source
    name: str
    configurations: Configurations
    server: CatalogServer
    tables: dict[TableName, Stored] = field(default_factory=dict)
    deleted: int = 0
    profiled: int = 0
    lacking: set[TableName] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    warnings: int = 0

    @property
    def outcome(self) -> Outcome:
        """Partial where some tables are complete and others are not."""
        if not self.faults:
            return Outcome.DONE
        complete = self.tables.keys() - self.lacking
        return Outcome.PARTIAL if complete else Outcome.FAILED

    def describe(self) -> None:
        """Runs the metadata workflow, marks what is gone, and compares."""
        before = self.source.contents(self.name)
        failures = self._run(
            framework.run_metadata, self.configurations.metadata
        )
        after = self.source.contents(self.name)
        seen = before | after
        self._mark_gone(seen.stored_schemas(), seen.stored_tables().keys())
        self._sign()
        both = {table.stored() for table in before.tables & after.tables}
        missing = both - self.tables.keys()
        self._note("are missing on the server", missing)
        spellings = {
            stored: (stored.table, table.table)
            for stored, table in seen.stored_tables().items()
        }
        self._note(
            "could not be described anew",
            _named(failures, spellings) - missing,
        )
        self._explain(failures)

    def read_back(self) -> None:
        """Reads which tables the server has."""
        self.tables = self.server.tables(*self._place())

    def _place(self) -> tuple[str, str]:
        return self.source.service(self.name), self.source.database(self.name)

    def _mark_gone(
        self, schemas: AbstractSet[str], tables: AbstractSet[TableName]
    ) -> None:
        """Marks as deleted what neither look at the source has seen.

        The server's own stale deletion deletes nothing where a run has seen
        nothing, and it would delete a table that could not be described.
        """
        self.read_back()
        known = self.tables.keys()
        gone = gone_entities(self.server, self._place(), schemas, tables)
        for route, entity in gone:
            log.info("%s is gone: it is marked as deleted", entity.fqn)
            self.server.mark_deleted(route, entity)
        if gone:
            self.read_back()
        self.deleted = len(known - self.tables.keys())
        stale = sorted(self.tables.keys() - tables)
        if stale:
            raise _ItemError(
                f"{len(stale):,} tables are on the server and not at the "
                f"source: {_some(stale, SHOWN_TABLES)}."
            )

    def _sign(self) -> None:
        """Writes down where the service is from; one that is not stays."""
        try:
            self.server.sign(self._place()[0], self.source.origin())
        except BadSettingsError as error:
            self.warnings += 1
            log.warning("The service stays also when it is gone: %s", error)

    def profile(self) -> None:
        """Runs the profiler workflow, stores samples, and compares."""
        started = time.time()
        framework.read_long_keys(self.source.contents(self.name).long_keys())
        names = {name: (table.fqn,) for name, table in self.tables.items()}
        failures = self._run(
            framework.run_profiler, self.configurations.profiler
        )
        catalog = framework.Catalog(self.configurations.profiler)
        profiled = set(
            catalog.profiled(
                (fqn for (fqn,) in names.values()), since=int(started)
            )
        )
        self.profiled = len(profiled)
        missing = {
            name for name, (fqn,) in names.items() if fqn not in profiled
        }
        self._note("have no new profile on the server", missing)
        self._note(
            "could not be profiled whole", _named(failures, names) - missing
        )
        self._explain(failures)
        failures = self._run(
            framework.run_samples, self.configurations.samples
        )
        self._note("have no new sample rows", _named(failures, names))
        self._explain(failures)

    def _run(
        self,
        workflow: Callable[[dict[str, object]], framework.RunResult],
        configuration: dict[str, object],
    ) -> list[framework.Failure]:
        outcome = workflow(configuration)
        self.warnings += outcome.warnings
        return outcome.failures

    def _note(self, fault: str, tables: AbstractSet[TableName]) -> None:
        """Notes a fault of some tables; all of them are in the item's log."""
        if tables:
            names = sorted(tables)
            log.error("These %s: %s", fault, ", ".join(map(str, names)))
            self.faults.append(
                f"{len(names):,} tables {fault}: {_some(names, SHOWN_TABLES)}."
            )
            self.lacking |= tables

    def _explain(self, failures: Sequence[framework.Failure]) -> None:
        """Adds the framework's reasons.

        Raises:
            _ItemError: They are about no table, or no table is described.
        """
        if failures:
            self.faults.append(f"{_some(failures, SHOWN_FAILURES)}.")
        if self.faults and not (self.lacking and self.tables):
            raise _ItemError


def ingest(
    source: Source,
    name: str,
    configurations: Configurations,
    work: Work,
    server: OpenMetadataSettings,
) -> Line:
    """Brings one item into the catalog; a failure is returned, not raised.

    Args:
        source: Its source.
        name: What its source calls it.
        configurations: The framework's configurations.
        work: Which workflows run.
        server: The OpenMetadata server.

    Returns:
        Its outcome.
    """
    item = _Item(source, name, configurations, CatalogServer(server))
    failed = False
    try:
        if work == "profiler":
            item.read_back()
        else:
            item.describe()
        if work != "metadata":
            item.profile()
    except (_ItemError, ModerateError) as failure:
        failed = True
        item.faults.append(str(failure))
    except Exception as failure:
        failed = True
        item.faults.append(f"{type(failure).__name__}: {failure}")
    return Line(
        item=name,
        outcome=Outcome.FAILED if failed else item.outcome,
        tables=len(item.tables),
        deleted=item.deleted,
        profiled=item.profiled,
        warnings=item.warnings,
        error=" ".join(" ".join(item.faults).split()),
    )


def _named(
    failures: Iterable[framework.Failure],
    tables: Mapping[TableName, Iterable[str]],
) -> set[TableName]:
    """Returns the tables that failures are about, by how they are written."""
    return {
        table
        for failure in failures
        for table, spellings in tables.items()
        if any(map(failure.is_of, spellings))
    }


def _some(things: Sequence[object], shown: int) -> str:
    more = len(things) - shown
    return ", ".join(map(str, things[:shown])) + (
        f" and {more:,} more" if more > 0 else ""
    )
