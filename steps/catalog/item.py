"""One item: its workflows, and whether the server has stored the result."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from steps.catalog import framework
from steps.catalog.configuration import Configurations
from steps.catalog.report import Line, Outcome
from steps.catalog.source import Source, TableName
from steps.contract.errors import ModerateError

Work = Literal["both", "metadata", "profiler"]
SHOWN_FAILURES = 3
SHOWN_TABLES = 5


class _ItemError(Exception):
    """The item has failed; the message has the reason."""


@dataclass
class _Item:
    """One item in progress.

    Attributes:
        source: Its source.
        name: What its source calls it.
        configurations: The framework's configurations.
        tables: The server's tables, by the source's names.
        profiled: How many of them have a new profile.
        warnings: How many warnings the framework gave.
    """

    source: Source
    name: str
    configurations: Configurations
    tables: dict[TableName, str] = field(default_factory=dict)
    profiled: int = 0
    warnings: int = 0

    def describe(self) -> None:
        """Runs the metadata workflow and compares."""
        before = self.source.tables(self.name)
        self._run(framework.run_metadata, self.configurations.metadata)
        after = self.source.tables(self.name)
        self.read_back()
        _compare(
            missing=(before & after) - self.tables.keys(),
            stale=self.tables.keys() - (before | after),
        )

    def read_back(self) -> None:
        """Asks the server which tables it has."""
        catalog = framework.Catalog(self.configurations.metadata)
        self.tables = catalog.tables(
            self.source.service(self.name), self.source.database(self.name)
        )

    def profile(self) -> None:
        """Runs the profiler workflow, stores samples, and compares."""
        started = time.time()
        self._run(framework.run_profiler, self.configurations.profiler)
        catalog = framework.Catalog(self.configurations.profiler)
        names = self.tables.values()
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
    source: Source, name: str, configurations: Configurations, work: Work
) -> Line:
    """Brings one item into the catalog; a failure is returned, not raised.

    Args:
        source: Its source.
        name: What its source calls it.
        configurations: The framework's configurations.
        work: Which workflows run.

    Returns:
        Its outcome.
    """
    item = _Item(source, name, configurations)
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
        profiled=item.profiled,
        warnings=item.warnings,
        error=" ".join(error.split()),
    )


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
