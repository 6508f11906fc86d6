"""One item: its workflows, and whether the server has stored the result."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from steps.catalog import framework
from steps.catalog.changes import ProfiledTable
from steps.catalog.configuration import Configurations
from steps.catalog.gone import gone_entities
from steps.catalog.report import Line, Outcome
from steps.catalog.server import CatalogServer, Stored
from steps.catalog.source import Source, TableName
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import BadSettingsError, ModerateError
from steps.contract.reports import first_of

Work = Literal["both", "metadata", "profiler"]
SHOWN_FAILURES = 3
SHOWN_TABLES = 5
MILLISECONDS = 1000

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
        current: The fully qualified names of those whose profile holds.
        profiled: How many of the others have a new profile.
        unchanged: How many have one that holds.
        complete: Those of the others whose profile and sample are stored.
        lacking: The tables that could not be described or profiled.
        faults: Why, one sentence each.
        warnings: How many warnings the framework gave.
    """

    source: Source
    name: str
    configurations: Configurations
    server: CatalogServer
    tables: dict[TableName, Stored] = field(default_factory=dict)
    current: AbstractSet[str] = frozenset()
    deleted: int = 0
    profiled: int = 0
    unchanged: int = 0
    complete: list[ProfiledTable] = field(default_factory=list)
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
        gone = gone_entities(
            self.server.schemas(*self._place()), self.tables, schemas, tables
        )
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
                f"source: {first_of(stale, SHOWN_TABLES)}."
            )

    def _sign(self) -> None:
        """Writes down where the service is from; one that is not stays."""
        try:
            self.server.sign(self._place()[0], self.source.origin())
        except BadSettingsError as error:
            self.warnings += 1
            log.warning("The service stays also when it is gone: %s", error)

    def profile(self) -> None:
        """Runs the profiler workflow, stores samples, and compares.

        Tables whose profile holds are left out.
        """
        due = {
            name: table
            for name, table in self.tables.items()
            if table.fqn not in self.current
        }
        self.unchanged = len(self.tables) - len(due)
        if not due:
            return
        framework.read_long_keys(self.source.contents(self.name).long_keys())
        names = {name: (table.fqn,) for name, table in due.items()}
        ids = {table.id for table in due.values()}
        started = int(time.time()) * MILLISECONDS
        failures = self._run(
            lambda plan: framework.run_profiler(plan, ids),
            self.configurations.profiler,
        )
        times = self.server.profiled_at(fqn for (fqn,) in names.values())
        lacking = {
            name for name, (fqn,) in names.items() if times[fqn] < started
        }
        self.profiled = len(due) - len(lacking)
        self._note("have no new profile on the server", lacking)
        self._note(
            "could not be profiled whole", _named(failures, names) - lacking
        )
        self._explain(failures)
        failures = self._run(
            lambda plan: framework.run_samples(plan, ids),
            self.configurations.samples,
        )
        self._note("have no new sample rows", _named(failures, names))
        self._explain(failures)
        self.complete = [
            ProfiledTable(name=name, fqn=fqn, profiled_at=times[fqn])
            for name, (fqn,) in names.items()
            if name not in self.lacking
        ]

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
                f"{len(names):,} tables {fault}: "
                f"{first_of(names, SHOWN_TABLES)}."
            )
            self.lacking |= tables

    def _explain(self, failures: Sequence[framework.Failure]) -> None:
        """Adds the framework's reasons.

        Raises:
            _ItemError: They are about no table, or no table is described.
        """
        if failures:
            self.faults.append(f"{first_of(failures, SHOWN_FAILURES)}.")
        if self.faults and not (self.lacking and self.tables):
            raise _ItemError


def ingest(
    source: Source,
    name: str,
    configurations: Configurations,
    work: Work,
    server: OpenMetadataSettings,
    *,
    current: AbstractSet[str] = frozenset(),
) -> tuple[Line, list[ProfiledTable]]:
    """Brings one item into the catalog; a failure is returned, not raised.

    Args:
        source: Its source.
        name: What its source calls it.
        configurations: The framework's configurations.
        work: Which workflows run.
        server: The OpenMetadata server.
        current: The fully qualified names of the tables whose profile holds.

    Returns:
        Its outcome, and the tables whose profile and sample are stored now.
    """
    item = _Item(
        source, name, configurations, CatalogServer(server), current=current
    )
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
    line = Line(
        item=name,
        outcome=Outcome.FAILED if failed else item.outcome,
        tables=len(item.tables),
        deleted=item.deleted,
        profiled=item.profiled,
        unchanged=item.unchanged,
        warnings=item.warnings,
        error=" ".join(" ".join(item.faults).split()),
    )
    return line, item.complete


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
