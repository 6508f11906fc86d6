"""What of a dataset is uploaded already, and what is not."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api.assets import NewAsset, ensure_asset
from steps.clients.platform_api.stored_objects import (
    StoredObject,
    objects_of,
    remove_object,
)
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.batches import Batch, batches, largest_report
from steps.contract.errors import BadDataError
from steps.contract.wire import label_for
from steps.dataset_from_git.datasets import Dataset
from steps.dataset_from_git.items import FileItem, tags_of
from steps.dataset_from_git.listing import Listing
from steps.dataset_from_git.names import (
    Format,
    asset_uuid,
    names_of,
    series_id,
)
from steps.dataset_from_git.object_quota import ObjectQuota
from steps.dataset_from_git.records import Record, Records
from steps.dataset_from_git.repository import RepositoryFile
from steps.dataset_from_git.series import Series
from steps.state.state import State

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Planner:
    """Everything that a file is compared with.

    Attributes:
        dataset: The dataset.
        commit: The commit.
        names: What the files are called, by path.
        objects: The asset's objects, the oldest first.
        records: The records of uploads, by path and format.
    """

    dataset: Dataset
    commit: str
    names: Mapping[str, str]
    objects: Sequence[StoredObject]
    records: Mapping[tuple[str, Format], Record]

    def is_there(self, file: RepositoryFile) -> bool:
        """Returns whether a file is uploaded at this commit in all formats."""
        return all(self._is_recorded(file, form) for form in Format)

    def additions(self, file: RepositoryFile) -> int:
        """Counts the objects that a file may add to the asset, at most."""
        if file.fault:
            return 0
        return sum(not self._needs_none(file, form) for form in Format)

    def _is_recorded(self, file: RepositoryFile, form: Format) -> bool:
        record = self.records.get((file.path, form))
        stored = self._series(file, form).at(self._tags)
        return (
            record is not None
            and stored is not None
            and record.commit == self.commit
            and (stored.id, stored.sha256_hash)
            == (record.object_id, record.sha256)
        )

    def _needs_none(self, file: RepositoryFile, form: Format) -> bool:
        series = self._series(file, form)
        record = self.records.get((file.path, form))
        return series.at(self._tags) is not None or (
            record is not None
            and record.is_of(file.blob, self.dataset.rules_for(file.path))
            and series.newest_is(record)
        )

    def _series(self, file: RepositoryFile, form: Format) -> Series:
        return Series.of(self.objects, series_id(self.names[file.path], form))

    @property
    def _tags(self) -> dict[str, str]:
        return tags_of(self.dataset, self.commit)


@dataclass(frozen=True)
class Plan:
    """What a run is to do.

    Attributes:
        asset_id: The dataset's asset.
        planner: What the files were compared with.
        due: The files that are not uploaded at this commit.
        there: How many files are.
    """

    asset_id: int
    planner: Planner
    due: tuple[RepositoryFile, ...]
    there: int

    @property
    def files(self) -> int:
        """How many files were looked at."""
        return self.there + len(self.due)

    def free_quota(self, platform: PlatformApi, keep: str) -> None:
        """Removes the oldest objects where the run would not fit.

        Their files stay in the bucket.

        Args:
            platform: The Platform API.
            keep: How many objects of each series stay, or ``all``.

        Raises:
            BadDataError: The run does not fit.
            ModerateError: The API refused or failed.
        """
        quota = ObjectQuota(
            objects=self.planner.objects,
            additions=sum(map(self.planner.additions, self.due)),
            repository=self.planner.dataset.url,
        )
        for stored in quota.to_remove(keep):
            log.warning(
                "Removing the object %d (%s, %s) for new ones; its file %r "
                "stays in the bucket",
                *(stored.id, stored.series_id, stored.created_at, stored.key),
            )
            remove_object(platform, self.asset_id, stored.id)

    def batches(self, at_a_time: int) -> list[Batch]:
        """Makes a batch of each file that is due.

        Args:
            at_a_time: How many files are converted at the same time.

        Returns:
            The batches.

        Raises:
            BadDataError: They are too large for a workflow.
        """
        return batches(
            [self._item(file).model_dump_json() for file in self.due],
            [label_for(file.path) for file in self.due],
            slots=at_a_time,
        )

    def _item(self, file: RepositoryFile) -> FileItem:
        return FileItem(
            dataset=self.planner.dataset.name,
            commit=self.planner.commit,
            asset_id=self.asset_id,
            path=file.path,
            name=self.planner.names[file.path],
            blob=file.blob,
            fault=file.fault,
            report_bytes=largest_report(len(self.due)),
        )


def plan(
    dataset: Dataset,
    listing: Listing,
    platform: PlatformApi,
    settings: PlatformApiSettings,
    state: State,
    *,
    only: str = "",
) -> Plan:
    """Compares a dataset's files with what is uploaded.

    Args:
        dataset: The dataset.
        listing: Its files.
        platform: The Platform API.
        settings: Where the API is: the asset's number depends on it.
        state: Where uploads are recorded.
        only: The path of the one file to look at; all of them where empty.

    Returns:
        What is to be done.

    Raises:
        BadDataError: The dataset has no file of that path.
        ModerateError: A service failed.
    """
    chosen = _chosen(listing, only)
    asset = ensure_asset(
        platform,
        NewAsset(
            uuid=asset_uuid(str(settings.api_base_url), dataset.name),
            name=dataset.title,
            description=dataset.description,
        ),
    )
    planner = Planner(
        dataset=dataset,
        commit=listing.commit,
        names=names_of([file.path for file in listing.files]),
        objects=objects_of(platform, asset.id),
        records=Records(state, dataset.name).all(),
    )
    due = tuple(file for file in chosen if not planner.is_there(file))
    return Plan(asset.id, planner, due, len(chosen) - len(due))


def _chosen(listing: Listing, only: str) -> Sequence[RepositoryFile]:
    if not only:
        return listing.files
    chosen = [file for file in listing.files if file.path == only]
    if chosen:
        return chosen
    raise BadDataError(
        f"The dataset has no file {only!r} at {listing.commit}. Name its path "
        f"in the repository, for example {listing.files[0].path!r}."
    )
