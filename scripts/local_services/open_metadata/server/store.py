"""The entities that the double keeps."""

from collections.abc import Collection
from dataclasses import dataclass, field

from local_services.open_metadata.server import names
from local_services.open_metadata.server.bodies import (
    Json,
    check_answer,
    validated,
)
from local_services.open_metadata.server.entities import (
    made,
    renewed,
    same,
    shown,
)
from local_services.open_metadata.server.errors import (
    bad_request,
    not_found,
)
from local_services.open_metadata.server.kinds import KINDS, PIPELINES, Kind

NON_DELETED = "non-deleted"
DELETED = "deleted"
ALL = "all"


@dataclass
class Store:
    """Entities by their kind and fully qualified name.

    Attributes:
        base_url: The API's root, for ``href``.
        losing: The routes whose writes are answered and not kept.
        entities: The entities by route and fully qualified name.
        statuses: Each pipeline's statuses by its name and the run's id.
        lineage: The details of each edge, by the ids of its ends.
    """

    base_url: str
    losing: frozenset[str] = frozenset()
    entities: dict[str, dict[str, Json]] = field(
        default_factory=lambda: {route: {} for route in KINDS}
    )
    statuses: dict[str, dict[str, Json]] = field(default_factory=dict)
    lineage: dict[tuple[str, str], Json] = field(default_factory=dict)

    def put(self, kind: Kind, body: object, *, override: bool = False) -> Json:
        """Makes an entity, or renews the one of that name.

        Args:
            kind: Its kind.
            body: What was sent.
            override: Whether it replaces what people have edited.

        Returns:
            The entity.

        Raises:
            RefusedError: The body is invalid, or its parent is not there.
        """
        sent = validated(kind.create, body)
        parent = self._parent(kind, sent)
        entity = made(kind, sent, parent=parent, base_url=self.base_url)
        qualified = entity["fullyQualifiedName"]
        known = self.entities[kind.route].get(qualified)
        if known and known["deleted"] and kind.route not in self.losing:
            self.restore(known)
        if known:
            entity = renewed(entity, known, override=override)
        if known and not known["deleted"] and same(entity, known):
            return known
        return self.keep(kind, entity)

    def keep(self, kind: Kind, entity: Json) -> Json:
        """Keeps an entity, unless an injected fault loses it.

        Args:
            kind: Its kind.
            entity: The entity.

        Returns:
            The entity.
        """
        check_answer(kind.entity, shown(kind, entity, kind.fields))
        if kind.route not in self.losing:
            qualified = entity["fullyQualifiedName"]
            self.entities[kind.route][qualified] = entity
        return entity

    def by_name(
        self, kind: Kind, qualified: str, include: str = NON_DELETED
    ) -> Json:
        """Finds an entity by its fully qualified name.

        Args:
            kind: Its kind.
            qualified: Its fully qualified name.
            include: Whether deleted ones count.

        Returns:
            The entity.

        Raises:
            RefusedError: There is none.
        """
        entity = self.entities[kind.route].get(normal(qualified))
        if entity is None or not _included(entity, include):
            raise not_found(kind.noun, qualified)
        return entity

    def by_id(
        self, kind: Kind, identifier: str, include: str = NON_DELETED
    ) -> Json:
        """Finds an entity by its id.

        Args:
            kind: Its kind.
            identifier: Its id.
            include: Whether deleted ones count.

        Returns:
            The entity.

        Raises:
            RefusedError: There is none.
        """
        for entity in self.entities[kind.route].values():
            if entity["id"] == identifier and _included(entity, include):
                return entity
        raise not_found(kind.noun, identifier)

    def listed(
        self,
        kind: Kind,
        scope: str | None = None,
        include: str = NON_DELETED,
    ) -> list[Json]:
        """Lists entities by name.

        Args:
            kind: Their kind.
            scope: The fully qualified name that they lie below; all where
                None.
            include: Whether deleted ones count.

        Returns:
            The entities.
        """
        above = None if scope is None else normal(scope)
        return [
            entity
            for qualified, entity in sorted(self.entities[kind.route].items())
            if _included(entity, include)
            and (above is None or names.is_below(qualified, above))
        ]

    def delete(self, kind: Kind, entity: Json, *, hard: bool) -> None:
        """Deletes an entity and what lies below it.

        Args:
            kind: Its kind.
            entity: The entity.
            hard: Whether it goes for good; otherwise it is only marked.
        """
        if kind.route in self.losing:
            return
        top = entity["fullyQualifiedName"]
        for route, entities in self.entities.items():
            doomed = [
                name
                for name in entities
                if names.is_below(name, top)
                or (name == top and route == kind.route)
            ]
            for name in doomed:
                if hard:
                    del entities[name]
                elif route != PIPELINES:
                    entities[name] = {**entities[name], "deleted": True}

    def below(self, entity: Json) -> list[Json]:
        """Lists what lies below an entity and is not deleted.

        Args:
            entity: The entity.

        Returns:
            What is there.
        """
        top = entity["fullyQualifiedName"]
        return [
            one
            for entities in self.entities.values()
            for name, one in entities.items()
            if names.is_below(name, top) and not one["deleted"]
        ]

    def restore(self, entity: Json) -> None:
        """Brings back an entity, and what lies below it.

        Args:
            entity: The entity.
        """
        top = entity["fullyQualifiedName"]
        for entities in self.entities.values():
            for name, one in entities.items():
                if name == top or names.is_below(name, top):
                    entities[name] = {**one, "deleted": False}

    def stale(
        self, kind: Kind, scope: str, seen: Collection[str]
    ) -> list[Json]:
        """Lists what a run did not see; nothing where it has seen nothing.

        Args:
            kind: The kind.
            scope: The fully qualified name that the run looked below.
            seen: The fully qualified names that it saw.

        Returns:
            The entities.
        """
        kept = set(map(normal, seen))
        return [
            entity
            for entity in self.listed(kind, scope)
            if kept and entity["fullyQualifiedName"] not in kept
        ]

    def _parent(self, kind: Kind, sent: Json) -> Json | None:
        if not kind.parent:
            return None
        above = KINDS[kind.parent_route]
        named = sent[kind.parent]
        if isinstance(named, dict):
            return self.by_id(above, named["id"])
        return self.by_name(above, named)


def normal(qualified: str) -> str:
    """Quotes a fully qualified name as the store does.

    Args:
        qualified: The fully qualified name.

    Returns:
        The same, with quotes where they are needed and nowhere else.

    Raises:
        RefusedError: It is not a fully qualified name.
    """
    try:
        return names.join(*names.split(qualified))
    except names.InvalidNameError as error:
        raise bad_request(str(error)) from None


def _included(entity: Json, include: str) -> bool:
    if include not in {NON_DELETED, DELETED, ALL}:
        raise bad_request(f"query param include {include!r} is not known")
    return include == ALL or entity["deleted"] == (include == DELETED)
