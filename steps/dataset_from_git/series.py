"""The objects of one series, and what a new content means to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from steps.clients.platform_api.stored_objects import StoredObject
from steps.dataset_from_git.records import Record


@dataclass(frozen=True)
class Series:
    """The objects of one file in one format, the oldest first.

    Attributes:
        objects: The objects.
    """

    objects: tuple[StoredObject, ...]

    @classmethod
    def of(cls, objects: Iterable[StoredObject], series_id: str) -> "Series":
        """Takes a series out of an asset's objects.

        Args:
            objects: The asset's objects, the oldest first.
            series_id: The series.

        Returns:
            The series.
        """
        return cls(
            tuple(
                stored for stored in objects if stored.series_id == series_id
            )
        )

    @property
    def newest(self) -> StoredObject | None:
        """The newest object, None in an empty series."""
        return self.objects[-1] if self.objects else None

    def at(self, tags: Mapping[str, str]) -> StoredObject | None:
        """Finds the newest object that was uploaded at a commit.

        Args:
            tags: The tags of objects of that commit.

        Returns:
            The object, None where there is none.
        """
        return next(
            (
                stored
                for stored in reversed(self.objects)
                if stored.tags == tags
            ),
            None,
        )

    def newest_is(self, record: Record | None) -> bool:
        """Returns whether the newest object is the recorded one.

        Args:
            record: The record of the series, if there is one.

        Returns:
            Whether number and SHA-256 are the same.
        """
        newest = self.newest
        return (
            newest is not None
            and record is not None
            and (newest.id, newest.sha256_hash)
            == (record.object_id, record.sha256)
        )
