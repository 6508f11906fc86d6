"""The step of a batch: its inputs and its outputs."""

import json
import logging
from collections.abc import Iterable, Iterator
from typing import Self

from pydantic import Field, model_validator

from steps.catalog.changes import Changes, Profile
from steps.catalog.choice import Choice
from steps.catalog.configuration import (
    Configurations,
    configurations,
    masked,
)
from steps.catalog.gone import gone_entities
from steps.catalog.item import Work
from steps.catalog.ranges import Range
from steps.catalog.report import Line, Outcome, Report
from steps.catalog.runner import Runner
from steps.catalog.server import CatalogServer
from steps.catalog.source import Source
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.batches import BatchInputs, BatchReport
from steps.contract.errors import BadSettingsError, ModerateError
from steps.contract.reports import written
from steps.contract.step import Resources, Retry

IMAGE = "openmetadata"
RESOURCES = Resources(
    cpu="250m", memory="512Mi", cpu_limit="2", memory_limit="2Gi"
)
# A server that is being deployed anew is back within some minutes.
RETRY = Retry(limit=5, pause_seconds=30)

log = logging.getLogger(__name__)


class IngestInputs(BatchInputs):
    """The inputs of the step of a batch.

    Attributes:
        ignore: Patterns of names to leave out.
        include: Patterns of names to take; all where empty.
        work: Which workflows run.
        profile: Which tables are profiled.
        profile_sample: How many rows a profile reads; all where 0.
        overwrite_descriptions: Whether the source's descriptions replace
            those that people wrote.
        item_seconds: The longest that one item may take.
        verbose: Whether the framework logs all it can.
        dry_run: Whether configurations are shown and nothing is ingested.
    """

    ignore: list[str]
    include: list[str]
    work: Work
    profile: Profile
    profile_sample: int = Field(ge=0)
    overwrite_descriptions: bool
    item_seconds: int = Field(gt=0)
    verbose: bool
    dry_run: bool

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.work == "profiler" and self.profile == "none":
            raise ValueError(
                "work=profiler with profile=none does nothing: set one of "
                "them otherwise"
            )
        return self


def ingest_batch(
    inputs: IngestInputs,
    source: Source,
    server: OpenMetadataSettings,
    state: PostgresSettings | BadSettingsError,
) -> BatchReport:
    """Brings a batch's items into the catalog, one after another.

    Args:
        inputs: Which items, and how.
        source: Where they are.
        server: The OpenMetadata server.
        state: Where the pipelines' state is kept; without it, every table is
            profiled.

    Returns:
        Their outcomes.

    Raises:
        ModerateError: The source or the server refused or is gone; the whole
            batch is to be repeated.
    """
    names = Range.model_validate_json(inputs.content)
    choice = Choice(ignore=inputs.ignore, include=inputs.include)
    found = names.of(choice.of(source.names()))
    plans = ((name, _plan(inputs, source, server, name)) for name in found)
    lines = [*_gone(names, found, source)]
    if inputs.dry_run:
        lines += _show(plans, source, CatalogServer(server))
    elif found:
        work: Work = "metadata" if inputs.profile == "none" else inputs.work
        changes = Changes(
            source,
            server,
            state,
            every_table=inputs.profile == "all",
            every_item=work != "both" or inputs.overwrite_descriptions,
        )
        runner = Runner(source, server, work, inputs.item_seconds, changes)
        lines += runner.ingest(plans, verbose=inputs.verbose)
    report = Report.of(lines, names.report_bytes)
    return BatchReport(number=inputs.number, report=written(report))


def _plan(
    inputs: IngestInputs,
    source: Source,
    server: OpenMetadataSettings,
    name: str,
) -> Configurations:
    return configurations(
        source,
        name,
        server,
        profile_sample=inputs.profile_sample,
        log_level="DEBUG" if inputs.verbose else "INFO",
        overwrite_descriptions=inputs.overwrite_descriptions,
    )


def _gone(names: Range, found: list[str], source: Source) -> Iterator[Line]:
    gone = names.count - len(found)
    if gone > 0:
        yield Line(
            item=f"{names.first!r} to {names.last!r}",
            outcome=Outcome.FAILED,
            error=(
                f"{gone} of {names.count} were dropped since they were "
                f"listed; each other {source.noun} has its own line."
            ),
        )


def _show(
    plans: Iterable[tuple[str, Configurations]],
    source: Source,
    server: CatalogServer,
) -> Iterator[Line]:
    for name, plan in plans:
        for title, one in vars(plan).items():
            text = json.dumps(masked(one), indent=2, ensure_ascii=False)
            log.info("%r, %s:\n%s", name, title, text)
        yield Line(item=name, outcome=Outcome.SHOWN)
        _show_gone(source, server, name)


def _show_gone(source: Source, server: CatalogServer, name: str) -> None:
    """Shows what a run would mark as deleted, where the server answers."""
    try:
        contents = source.contents(name)
        place = source.service(name), source.database(name)
        gone = gone_entities(
            server.schemas(*place),
            server.tables(*place),
            contents.stored_schemas(),
            contents.stored_tables().keys(),
        )
    except ModerateError as error:
        log.warning(
            "%r: it is not known what would be marked as deleted: %s",
            name,
            error,
        )
        return
    for _, entity in gone:
        log.info("%r: %s would be marked as deleted", name, entity.fqn)
