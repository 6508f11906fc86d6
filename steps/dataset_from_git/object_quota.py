"""ObjectQuota for new objects: an asset holds at most a hundred."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from steps.clients.platform_api.stored_objects import (
    MOST_OBJECTS,
    StoredObject,
)
from steps.contract.errors import BadDataError

KEEP_ALL = "all"
NAMED = 10


@dataclass(frozen=True)
class ObjectQuota:
    """What an asset holds, and what a run may add to it.

    Attributes:
        objects: The asset's objects, the oldest first.
        additions: How many objects the run may add.
        repository: The URL in the tags of the dataset's own objects.
    """

    objects: Sequence[StoredObject]
    additions: int
    repository: str

    def to_remove(self, keep: str) -> list[StoredObject]:
        """Chooses the oldest objects that have to go, and may.

        Args:
            keep: How many of the newest objects of each series stay, or
                ``all``.

        Returns:
            The objects; none where the quota suffices.

        Raises:
            BadDataError: The run does not fit; names the objects that a
                smaller ``keep`` lets it remove.
        """
        excess = len(self.objects) + self.additions - MOST_OBJECTS
        if excess <= 0:
            return []
        kept = MOST_OBJECTS if keep == KEEP_ALL else int(keep)
        removable = self._beyond(kept)
        if len(removable) < excess:
            raise BadDataError(self._explain(keep, excess))
        return removable[:excess]

    def _beyond(self, keep: int) -> list[StoredObject]:
        """Lists the dataset's own objects but the newest of each series."""
        newer: Counter[str | None] = Counter()
        found = []
        for stored in reversed(self.objects):
            if (stored.tags or {}).get("repo_url") != self.repository:
                continue
            newer[stored.series_id] += 1
            if newer[stored.series_id] > keep:
                found.append(stored)
        return found[::-1]

    def _explain(self, keep: str, excess: int) -> str:
        fault = (
            f"The run may add {self.additions} objects to the "
            f"{len(self.objects)} that the asset holds; it takes "
            f"{MOST_OBJECTS} in all. Nothing was converted. "
        )
        for smaller in range(MOST_OBJECTS - 1, 0, -1):
            removable = self._beyond(smaller)[:excess]
            if len(removable) == excess:
                return (
                    f"{fault}With keep={smaller} instead of {keep} the run "
                    f"removes the oldest {excess}: {_named(removable)}."
                )
        return (
            f"{fault}Not even keep=1 frees enough for them; remove objects by "
            "hand, or make the dataset's globs narrower."
        )


def _named(objects: Sequence[StoredObject]) -> str:
    names = [
        f"{stored.id} ({stored.series_id}, {stored.created_at:%Y-%m-%d})"
        for stored in objects[:NAMED]
    ]
    left = len(objects) - len(names)
    return ", ".join(names) + (f" and {left} more" if left else "")
