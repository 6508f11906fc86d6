"""Entities, made of the bodies that the ingestion framework sends."""

import time
import uuid

from local_services.open_metadata.server import names
from local_services.open_metadata.server.bodies import Json, check_names
from local_services.open_metadata.server.errors import bad_request
from local_services.open_metadata.server.kinds import KINDS, TABLES, Kind

BOT = "ingestion-bot"
# A PUT of a bot does not change these where they are set.
EDITED = ("displayName", "description")
KEPT = ("profile", "sampleData", "columnProfiles")
INHERITED = ("database", "service", "serviceType")
VERSION_STEP = 0.1
# What each PUT renews, where it changes anything at all.
NO_CHANGE = ("version", "updatedAt", "updatedBy")
FIXED = ("id", "name", "fullyQualifiedName")
EVERY_FIELD = "*"


def made(
    kind: Kind,
    sent: Json,
    *,
    parent: Json | None,
    base_url: str,
) -> Json:
    """Makes an entity.

    Args:
        kind: Its kind.
        sent: A valid body.
        parent: What it belongs to.
        base_url: The API's root.

    Returns:
        The entity.

    Raises:
        RefusedError: Its name cannot be part of a fully qualified name.
    """
    qualified = qualified_name(parent, sent["name"])
    identifier = str(uuid.uuid4())
    entity = {
        **sent,
        "id": identifier,
        "fullyQualifiedName": qualified,
        "version": VERSION_STEP,
        "updatedAt": now(),
        "updatedBy": BOT,
        "href": f"{base_url}/v1/{kind.route}/{identifier}",
        "deleted": False,
    }
    if parent is not None:
        entity |= {
            key: parent[key]
            for key in INHERITED
            if key in parent and key in kind.entity.model_fields
        }
        entity[kind.parent] = reference(KINDS[kind.parent_route], parent)
    if kind.route == TABLES:
        entity["columns"] = columns_of(sent, qualified)
    return entity


def patched(entity: Json, changed: Json) -> Json:
    """Makes the entity that a patch leads to.

    Args:
        entity: The entity so far.
        changed: The same with the patch applied.

    Returns:
        The next version of the entity.

    Raises:
        RefusedError: The patch changes what is fixed, or a column's name to
            one that is refused.
    """
    for fixed in FIXED:
        if changed.get(fixed) != entity[fixed]:
            raise bad_request(f"The field {fixed} cannot be changed")
    check_names(changed)
    if "columns" in changed:
        above = changed["fullyQualifiedName"]
        changed = {**changed, "columns": columns_of(changed, above)}
    return renewed(changed, entity, override=True)


def now() -> int:
    """Returns the time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def renewed(entity: Json, known: Json, *, override: bool = False) -> Json:
    """Makes an entity the next version of the one of that name.

    Args:
        entity: What was sent now.
        known: The entity so far; one that was deleted is back.
        override: Whether what was sent replaces what people have edited.

    Returns:
        The entity, with its id and profiles, and, unless overridden, with
        the display name and the descriptions that it had.
    """
    edited = {} if override else _edited(known)
    if "columns" in entity:
        edited["columns"] = _described(
            entity["columns"], known.get("columns", []), override=override
        )
    return {
        **entity,
        **edited,
        **{key: known[key] for key in KEPT if key in known},
        "id": known["id"],
        "href": known["href"],
        "version": round(float(known["version"]) + VERSION_STEP, 1),
    }


def _edited(known: Json) -> Json:
    return {key: known[key] for key in EDITED if known.get(key)}


def _described(
    columns: list[Json], known: list[Json], *, override: bool
) -> list[Json]:
    """Keeps columns' descriptions; the source can replace, not remove one."""
    before = {column["name"]: _edited(column) for column in known}
    return [
        {**before.get(column["name"], {}), **column}
        if override
        else {**column, **before.get(column["name"], {})}
        for column in columns
    ]


def same(entity: Json, known: Json) -> bool:
    """Returns whether a PUT changes nothing of an entity.

    Args:
        entity: The next version of the entity.
        known: The entity so far.
    """
    return all(
        entity.get(key) == known.get(key)
        for key in (entity.keys() | known.keys()) - set(NO_CHANGE)
    )


def qualified_name(parent: Json | None, name: str) -> str:
    """Returns the fully qualified name of what is to be made.

    Args:
        parent: What it belongs to.
        name: Its name.

    Returns:
        The fully qualified name.

    Raises:
        RefusedError: The name cannot be part of one.
    """
    try:
        if parent is None:
            return names.quote_name(name)
        return names.add(parent["fullyQualifiedName"], name)
    except names.InvalidNameError as error:
        raise bad_request(str(error)) from None


def reference(kind: Kind, entity: Json) -> Json:
    """Makes an EntityReference.

    Args:
        kind: The entity's kind.
        entity: The entity.

    Returns:
        The reference.
    """
    return {
        "id": entity["id"],
        "type": kind.noun,
        "name": entity["name"],
        "fullyQualifiedName": entity["fullyQualifiedName"],
        "deleted": entity["deleted"],
        "href": entity["href"],
    }


def asked_fields(kind: Kind, fields: str) -> frozenset[str]:
    """Reads which optional fields were asked for.

    Args:
        kind: Of what.
        fields: Their names, comma-separated.

    Returns:
        Their names.

    Raises:
        RefusedError: There is no such field.
    """
    asked = frozenset(filter(None, map(str.strip, fields.split(","))))
    if asked == {EVERY_FIELD}:
        return kind.fields
    for name in sorted(asked - kind.fields):
        raise bad_request(f"Invalid field name {name}")
    return asked


def shown(kind: Kind, entity: Json, asked: frozenset[str]) -> Json:
    """Selects what an answer shows of an entity.

    Args:
        kind: Its kind.
        entity: The entity.
        asked: The optional fields that were asked for.

    Returns:
        What is always shown, and those.
    """
    hidden = (kind.fields | set(KEPT)) - asked - {"columns"}
    return {key: entity[key] for key in entity if key not in hidden}


def columns_of(table: Json, qualified: str) -> list[Json]:
    """Names a table's columns in full, and those below them.

    Args:
        table: What holds columns.
        qualified: Its fully qualified name.

    Returns:
        The columns.

    Raises:
        RefusedError: A name cannot be part of a fully qualified name.
    """
    try:
        return _columns(table["columns"], qualified)
    except names.InvalidNameError as error:
        raise bad_request(str(error)) from None


def _columns(columns: list[Json], above: str) -> list[Json]:
    found = []
    for column in columns:
        qualified = names.add(above, column["name"])
        full = {
            **column,
            "tags": column.get("tags") or [],
            "fullyQualifiedName": qualified,
        }
        if column.get("children"):
            full["children"] = _columns(column["children"], qualified)
        found.append(full)
    return found
