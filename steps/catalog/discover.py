"""Finds what the catalog describes, and deals it out in batches."""

import logging

from pydantic import Field

from steps.catalog.choice import Choice
from steps.catalog.gone import mark_gone_items
from steps.catalog.item import Work
from steps.catalog.ranges import make_batches
from steps.catalog.server import CatalogServer
from steps.catalog.source import Source
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.batches import Discovered
from steps.contract.errors import BadSettingsError, ModerateError
from steps.contract.wire import Encoded

log = logging.getLogger(__name__)


class DiscoverInputs(Choice):
    """The inputs of the first step.

    Attributes:
        work: Which workflows will run.
        largest_gone_share: The largest share of the known items that may be
            marked as deleted because they are gone.
        items_at_a_time: How many items are ingested at a time.
        batch_size: How many items one pod takes, one after another.
        dry_run: Whether nothing will be ingested.
    """

    work: Work = "both"
    largest_gone_share: float = Field(default=0.2, ge=0, le=1)
    items_at_a_time: int = Field(ge=1)
    batch_size: int = Field(ge=1)
    dry_run: bool


class DiscoverOutputs(Discovered):
    """What was found.

    Attributes:
        remarks: Remarks for the operator, one sentence a line.
    """

    remarks: Encoded


def discover_items(
    inputs: DiscoverInputs, source: Source, server: OpenMetadataSettings
) -> DiscoverOutputs:
    """Finds a source's items and deals them out.

    Args:
        inputs: Which items, and how many at a time.
        source: Where they are.
        server: The OpenMetadata server, which must be the right one.

    Returns:
        The batches.

    Raises:
        ModerateError: The source or the server refused, or is gone.
    """
    from steps.clients import open_metadata

    if not inputs.dry_run:
        open_metadata.check_server(server)
    every = source.names()
    names = inputs.of(every)
    remarks = [
        *source.not_covered(),
        *_mark_gone(inputs, source, server, every),
        *(
            f"The pattern {pattern!r} of the include list matches no "
            f"{source.noun}."
            for pattern in inputs.idle(names)
        ),
    ]
    log.info("%d of %d names take part.", len(names), len(every))
    for remark in remarks:
        log.warning("%s", remark)
    return DiscoverOutputs(
        batches=make_batches(
            names, size=inputs.batch_size, slots=inputs.items_at_a_time
        ),
        remarks="\n".join(remarks),
    )


def _mark_gone(
    inputs: DiscoverInputs,
    source: Source,
    server: OpenMetadataSettings,
    names: list[str],
) -> list[str]:
    """Marks what is gone, in a run that is about all items."""
    if inputs.include or inputs.work == "profiler":
        return []
    try:
        return mark_gone_items(
            source,
            CatalogServer(server),
            names,
            largest_share=inputs.largest_gone_share,
            dry_run=inputs.dry_run,
        )
    except BadSettingsError as error:
        return [f"No service is marked as deleted: {error}"]
    except ModerateError as error:
        if inputs.dry_run:
            return [f"It is not known what would be marked: {error}"]
        raise
