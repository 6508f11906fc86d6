"""What a source no longer has: found in two looks, and marked as deleted."""

import logging
import math
import time
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet

from steps.catalog.server import (
    SCHEMAS,
    SERVICES,
    TABLES,
    CatalogServer,
    Stored,
)
from steps.catalog.source import Source, TableName
from steps.contract.errors import BadDataError, TemporaryError
from steps.contract.reports import first_of

# A database that is being made anew, or a listing that fails, is back by then.
SECOND_LOOK_SECONDS = 20.0
SHOWN_SERVICES = 10

log = logging.getLogger(__name__)


def gone_entities(
    stored_schemas: Mapping[str, Stored],
    stored_tables: Mapping[TableName, Stored],
    schemas: AbstractSet[str],
    tables: AbstractSet[TableName],
) -> list[tuple[str, Stored]]:
    """Lists what the server has of an item and its source has not.

    Args:
        stored_schemas: The server's schemas, by name.
        stored_tables: The server's tables, by schema and name.
        schemas: The source's schemas, as the server stores their names.
        tables: The source's tables, likewise.

    Returns:
        The collection and the entity: schemas, and tables of other schemas.
    """
    return [
        *(
            (SCHEMAS, schema)
            for name, schema in stored_schemas.items()
            if name not in schemas
        ),
        *(
            (TABLES, table)
            for name, table in stored_tables.items()
            if name.schema in schemas and name not in tables
        ),
    ]


def mark_gone_items(
    source: Source,
    server: CatalogServer,
    names: Collection[str],
    *,
    largest_share: float,
    dry_run: bool,
) -> list[str]:
    """Marks the services of items that the source no longer has.

    Args:
        source: The source.
        server: The OpenMetadata server.
        names: All items of the source: the first look.
        largest_share: The largest share of the known services that may be
            marked, rounded up.
        dry_run: Whether nothing is marked.

    Returns:
        What is gone, and what became of it, as sentences.

    Raises:
        BadDataError: More are gone than may be marked.
        ModerateError: A service refused, failed or did not answer.
    """
    known = server.services(source.origin())
    gone = _absent(known, source, names)
    if not gone:
        return []
    fault = _fault(source, gone, known)
    most = math.ceil(largest_share * len(known))
    if len(gone) > most:
        refusal = (
            f"{fault}, and a run may mark {most:,} of them as deleted: "
            f"{_named(gone)}. Check that the settings name the right source. "
            "If they do, run once with `largest_gone_share=1`."
        )
        if dry_run:
            return [refusal]
        raise BadDataError(refusal)
    if dry_run:
        return [f"{fault}, and would be marked as deleted: {_named(gone)}."]
    time.sleep(SECOND_LOOK_SECONDS)
    gone = _absent(gone, source, source.names())
    if not gone:
        return []
    for service in gone:
        log.info("%s is gone: it is marked as deleted", service)
        server.mark_deleted(SERVICES, known[service])
    left = server.services(source.origin()).keys() & set(gone)
    if left:
        raise TemporaryError(
            f"OpenMetadata still has {_named(left)} after they were "
            "marked as deleted. Look at its log."
        )
    fault = _fault(source, gone, known)
    return [f"{fault}, and are marked as deleted now: {_named(gone)}."]


def _fault(
    source: Source, gone: Collection[str], known: Collection[str]
) -> str:
    return (
        f"{len(gone):,} of {len(known):,} services in OpenMetadata are of a "
        f"{source.noun} that is gone"
    )


def _absent(
    known: Collection[str], source: Source, names: Collection[str]
) -> list[str]:
    return sorted(set(known) - set(map(source.service, names)))


def _named(services: Collection[str]) -> str:
    return first_of(sorted(services), SHOWN_SERVICES)
