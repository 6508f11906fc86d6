"""One item: its workflows, and whether the server has stored the result."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal

from steps.catalog import framework
from steps.catalog.configuration import Configurations
from steps.catalog.names import entity_name
from steps.catalog.report import Line, Outcome
from steps.catalog.server import SCHEMAS, TABLES, CatalogServer, Stored
from steps.catalog.source import Source, TableName
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import ModerateError

Work = Literal["both", "metadata", "profiler"]
SHOWN_FAILURES = 3
SHOWN_TABLES = 5

log = logging.getLogger(__name__)


class _ItemError(Exception):
    """The item has failed; the message has the reason."""


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
        warnings: How many warnings the framework gave.
    """

    source: Source
    name: str
    configurations: Configurations
    server: CatalogServer
    tables: dict[TableName, Stored] = field(default_factory=dict)
    deleted: int = 0
    profiled: int = 0
    warnings: int = 0

    def describe(self) -> None:
        """Runs the metadata workflow, marks what is gone, and compares."""
        before = self.source.contents(self.name)
        self._run(framework.run_metadata, self.configurations.metadata)
        after = self.source.contents(self.name)
        self._mark_gone(
            {entity_name(name) for name in before.schemas | after.schemas},
            _stored(before.tables | after.tables),
        )
        _compare(
            missing=_stored(before.tables & after.tables)
            - self.tables.keys(),
            stale=self.tables.keys() - _stored(before.tables | after.tables),
        )

    def read_back(self) -> None:
        """Reads which tables the server has."""
        self.tables = self.server.tables(*self._place())

    def _place(self) -> tuple[str, str]:
        return self.source.service(self.name), self.source.database(self.name)

    def _mark_gone(
        self, schemas: Set[str], tables: Set[TableName]
    ) -> None:
        """Marks as deleted what neither look at the source has seen.

        The server's own stale deletion deletes nothing where a run has seen
        nothing, and it would delete a table that could not be described.
        """
        self.read_back()
        known = self.tables.keys()
        doomed = [
            *(
                (SCHEMAS, schema)
                for name, schema in self.server.schemas(*self._place()).items()
                if name not in schemas
            ),
            *(
                (TABLES, table)
                for name, table in self.tables.items()
                if name.schema in schemas and name not in tables
            ),
        ]
        for route, entity in doomed:
            log.info("%s is gone: it is marked as deleted", entity.fqn)
            self.server.mark_deleted(route, entity)
        if doomed:
            self.read_back()
        self.deleted = len(known - self.tables.keys())

    def profile(self) -> None:
        """Runs the profiler workflow, stores samples, and compares."""
        started = time.time()
        self._run(framework.run_profiler, self.configurations.profiler)
        catalog = framework.Catalog(self.configurations.profiler)
        names = [table.fqn for table in self.tables.values()]
        profiled = catalog.profiled(names, since=int(started))
        self.profiled = len(profiled)
        missing = sorted(set(names) - set(profiled))
        if missing:
            raise _ItemError(
                f"{len(missing):,} tables have no new profile on the server: "
                f"{_some(missing, SHOWN_TABLES)}."
            )
        self._run(framework.run_samples, self.configurations.samples)

    def _run(
        self,
        workflow: Callable[[dict[str, object]], framework.RunResult],
        configuration: dict[str, object],
    ) -> None:
        outcome = workflow(configuration)
        self.warnings += outcome.warnings
        if outcome.failures:
            raise _ItemError(_some(outcome.failures, SHOWN_FAILURES))


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
    error = ""
    try:
        if work == "profiler":
            item.read_back()
        else:
            item.describe()
        if work != "metadata":
            item.profile()
    except (_ItemError, ModerateError) as failure:
        error = str(failure)
    except Exception as failure:
        error = f"{type(failure).__name__}: {failure}"
    return Line(
        item=name,
        outcome=Outcome.FAILED if error else Outcome.DONE,
        tables=len(item.tables),
        deleted=item.deleted,
        profiled=item.profiled,
        warnings=item.warnings,
        error=" ".join(error.split()),
    )


def _stored(tables: Iterable[TableName]) -> set[TableName]:
    return {table.stored() for table in tables}


def _compare(missing: Iterable[TableName], stale: Iterable[TableName]) -> None:
    sentences = [
        f"{len(names):,} tables {fault}: {_some(names, SHOWN_TABLES)}."
        for names, fault in (
            (sorted(missing), "are missing on the server"),
            (sorted(stale), "are on the server and not at the source"),
        )
        if names
    ]
    if sentences:
        raise _ItemError(" ".join(sentences))


def _some(things: Sequence[object], shown: int) -> str:
    more = len(things) - shown
    return ", ".join(map(str, things[:shown])) + (
        f" and {more:,} more" if more > 0 else ""
    )
