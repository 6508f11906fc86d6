"""Items one after another, each in a child that has the framework already."""

import logging
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from urllib.parse import quote_plus

from pydantic import BaseModel

from steps.catalog import framework
from steps.catalog.changes import Changes, ProfiledTable
from steps.catalog.child import MEBIBYTE, Ending, Limits, run_apart
from steps.catalog.configuration import Configurations, secrets_in
from steps.catalog.item import Work, ingest
from steps.catalog.preload import Loaded, NewlyLoaded, preload
from steps.catalog.report import Line, Outcome
from steps.catalog.source import Source
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.log import start_log

LOG_TAIL_BYTES = 20_000
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
ITEM_MEMORY_BYTES = 1536 * MEBIBYTE
DEADLINE_SECONDS = 5 * 60 * 60
# What is left for the report when the time of the items is over.
RESERVE_SECONDS = 10 * 60

log = logging.getLogger(__name__)


class _ChildResult(BaseModel):
    """What a child returns.

    Attributes:
        line: The outcome of the item.
        profiled: The tables that it has profiled.
        loaded: What it had to load.
    """

    line: Line
    profiled: list[ProfiledTable] = []
    loaded: NewlyLoaded = NewlyLoaded()


class Runner:
    """Brings items into the catalog, one after another."""

    def __init__(
        self,
        source: Source,
        server: OpenMetadataSettings,
        work: Work,
        item_seconds: float,
        changes: Changes,
    ) -> None:
        """Prepares; nothing is loaded yet.

        Args:
            source: Where the items are.
            server: The OpenMetadata server.
            work: Which workflows run.
            item_seconds: The longest that one item may take.
            changes: What of the items has changed.
        """
        self._source = source
        self._server = server
        self._work = work
        self._item_seconds = item_seconds
        self._changes = changes
        self._loaded = False
        self._until = time.monotonic() + DEADLINE_SECONDS - RESERVE_SECONDS

    def ingest(
        self, plans: Iterable[tuple[str, Configurations]], *, verbose: bool
    ) -> Iterator[Line]:
        """Ingests items; one that fails does not keep the next one back.

        Args:
            plans: The items, and the framework's configurations of each.
            verbose: Whether the log of an item that is done is shown too.

        Yields:
            The outcome of each.

        Raises:
            ModerateError: The server or the source refused or is gone.
        """
        self._check_server()
        for name, plan in plans:
            start = time.monotonic()
            line, tail = self._ingest_one(name, plan)
            seconds = round(time.monotonic() - start, 1)
            line = line.model_copy(update={"seconds": seconds})
            if tail and (line.error or verbose):
                log.info("The end of the log of %r:\n%s", name, tail)
            if line.outcome is Outcome.FAILED:
                log.error("%r has failed: %s", name, line.error)
                self._see_that_both_are_there()
                yield line
                continue
            log.info(
                "%r is in the catalog: %d tables, %d of them profiled, %d "
                "unchanged, %.1f s",
                name,
                line.tables,
                line.profiled,
                line.unchanged,
                line.seconds,
            )
            if line.error:
                log.error("%r is not complete: %s", name, line.error)
            yield line

    def _check_server(self) -> None:
        from steps.clients.open_metadata import check_server

        check_server(self._server)

    def _see_that_both_are_there(self) -> None:
        """Raises where one is gone: all items are worth repeating then."""
        self._check_server()
        self._source.names()

    def _ingest_one(self, name: str, plan: Configurations) -> tuple[Line, str]:
        if self._until <= time.monotonic():
            return _failed(
                name, "was not reached: the batch's time is over"
            ), ""
        if self._work == "metadata":
            result, tail = self._run_child(name, plan, frozenset())
            return result.line, tail
        change = self._changes.since_last(name, plan)
        if change.nothing:
            tables = len(change.current)
            return _unchanged(name, tables), ""
        result, tail = self._run_child(name, plan, change.current.keys())
        if result.line.outcome is not Outcome.FAILED:
            self._changes.record(
                name,
                change,
                result.profiled,
                described=self._work == "both"
                and result.line.outcome is Outcome.DONE,
            )
        return result.line, tail

    def _run_child(
        self, name: str, plan: Configurations, current: AbstractSet[str]
    ) -> tuple[_ChildResult, str]:
        """Runs a child, which inherits the framework."""
        if not self._loaded:
            framework.load(self._source.kind)
            self._loaded = True
        left = self._until - time.monotonic()
        limits = Limits(min(self._item_seconds, left), ITEM_MEMORY_BYTES)
        with tempfile.TemporaryDirectory(prefix="item-") as folder:
            file = Path(folder, "log")
            ending = run_apart(
                lambda: self._in_child(name, plan, current), limits, file
            )
            tail = _tail(file)
        return _result(name, ending), tail

    def _in_child(
        self, name: str, plan: Configurations, current: AbstractSet[str]
    ) -> str:
        start_log(_spellings(secrets_in(plan)))
        log.info("%r: service %s", name, self._source.service(name))
        before = Loaded()
        line, profiled = ingest(
            self._source,
            name,
            plan,
            self._work,
            self._server,
            current=current,
        )
        result = _ChildResult(
            line=line, profiled=profiled, loaded=Loaded().since(before)
        )
        return result.model_dump_json()


def _result(name: str, ending: Ending) -> _ChildResult:
    if ending.result is None:
        return _ChildResult(line=_failed(name, ending.error))
    result = _ChildResult.model_validate_json(ending.result)
    preload(result.loaded)
    return result


def _unchanged(name: str, tables: int) -> Line:
    return Line(
        item=name, outcome=Outcome.DONE, tables=tables, unchanged=tables
    )


def _failed(name: str, error: str) -> Line:
    return Line(item=name, outcome=Outcome.FAILED, error=error)


def _spellings(secrets: Iterable[str]) -> list[str]:
    """Lists secrets as the framework may write them: in URLs, in Python."""
    return [
        spelling
        for secret in secrets
        for spelling in (secret, quote_plus(secret), repr(secret)[1:-1])
    ]


def _tail(file: Path) -> str:
    content = file.read_bytes()[-LOG_TAIL_BYTES:]
    return COLOURS.sub("", content.decode(errors="replace")).strip()
