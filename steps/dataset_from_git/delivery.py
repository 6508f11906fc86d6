"""Brings a converted file to the platform, unless it is there."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api.stored_objects import (
    StoredObject,
    change_tags,
    objects_of,
)
from steps.clients.platform_api.uploads import Upload, upload_object
from steps.dataset_from_git.datasets import Dataset
from steps.dataset_from_git.items import FileItem, tags_of
from steps.dataset_from_git.names import Format
from steps.dataset_from_git.records import Record, Records
from steps.dataset_from_git.reports import ObjectReport, UploadResult
from steps.dataset_from_git.series import Series

MEDIA_TYPES: Mapping[Format, str] = MappingProxyType(
    {
        Format.PARQUET: "application/vnd.apache.parquet",
        Format.CSV: "text/csv",
    }
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    """A converted file.

    Attributes:
        form: Its format.
        file: Where it is.
        size: Its size in bytes.
        sha256: The SHA-256 of its content, in hexadecimal.
        rows: How many rows it has.
        columns: How many columns it has.
        remarks: What was assumed and altered in reading, as sentences.
    """

    form: Format
    file: Path
    size: int
    sha256: str
    rows: int
    columns: int
    remarks: str


@dataclass(frozen=True)
class Delivery:
    """Brings the objects of one file to the platform.

    Attributes:
        dataset: The dataset.
        item: The file.
        platform: The Platform API.
        records: The records of the dataset.
    """

    dataset: Dataset
    item: FileItem
    platform: PlatformApi
    records: Records

    def unchanged(
        self, recorded: Mapping[tuple[str, Format], Record]
    ) -> list[Record]:
        """Finds what holds the file already, before it is fetched.

        Args:
            recorded: The dataset's records.

        Returns:
            The records of all formats, where Git has the same content as
            when they were uploaded and the platform still has them; none
            where one is missing.
        """
        reading = self.dataset.rules_for(self.item.path)
        stored = objects_of(self.platform, self.item.asset_id)
        found = []
        for form in Format:
            record = recorded.get((self.item.path, form))
            series = Series.of(stored, self.item.series_id(form))
            if (
                record is None
                or not record.is_of(self.item.blob, reading)
                or not series.newest_is(record)
            ):
                return []
            found.append(record)
        return found

    def tag(self, form: Format, record: Record) -> ObjectReport:
        """Gives an unchanged object the new commit.

        Args:
            form: Its format.
            record: Its record.

        Returns:
            Its outcome.

        Raises:
            ModerateError: A service failed.
        """
        change_tags(
            self.platform, self.item.asset_id, record.object_id, self._tags
        )
        self._record(form, record)
        return ObjectReport(
            form=form,
            outcome=UploadResult.UNCHANGED,
            object_id=record.object_id,
            size=record.size,
        )

    def deliver(self, made: Made) -> ObjectReport:
        """Uploads a converted file, unless the platform has it.

        Args:
            made: The file.

        Returns:
            Its outcome.

        Raises:
            ModerateError: A service failed.
        """
        stored, outcome = self._held(made) or (
            self._upload(made),
            UploadResult.UPLOADED,
        )
        record = Record(
            commit=self.item.commit,
            blob="" if outcome is UploadResult.KEPT else self.item.blob,
            reading=self.dataset.rules_for(self.item.path),
            object_id=stored.id,
            sha256=stored.sha256_hash or made.sha256,
            size=made.size,
            rows=made.rows,
            columns=made.columns,
            remarks=made.remarks,
        )
        self._record(made.form, record)
        return ObjectReport(
            form=made.form,
            outcome=outcome,
            object_id=stored.id,
            size=record.size,
        )

    def _held(self, made: Made) -> tuple[StoredObject, UploadResult] | None:
        series = Series.of(
            objects_of(self.platform, self.item.asset_id),
            self.item.series_id(made.form),
        )
        newest, at_commit = series.newest, series.at(self._tags)
        if newest and newest.sha256_hash == made.sha256:
            if newest.tags == self._tags:
                return newest, UploadResult.THERE
            change_tags(
                self.platform, self.item.asset_id, newest.id, self._tags
            )
            return newest, UploadResult.UNCHANGED
        if at_commit is None:
            return None
        log.warning(
            "The object %d was uploaded at this commit with another content, "
            "and stays. If it is wrong, remove it and run again.",
            at_commit.id,
        )
        return at_commit, UploadResult.KEPT

    def _upload(self, made: Made) -> StoredObject:
        return upload_object(
            self.platform,
            self.item.asset_id,
            Upload(
                file=made.file,
                file_name=self.item.file_name(made.form),
                media_type=MEDIA_TYPES[made.form],
                sha256=made.sha256,
                series_id=self.item.series_id(made.form),
                tags=self._tags,
                name=self.item.file_name(made.form),
                description=f"{self.item.path} of {self.dataset.url}",
            ),
        )

    def _record(self, form: Format, record: Record) -> None:
        self.records.put(
            self.item.path,
            form,
            record.model_copy(update={"commit": self.item.commit}),
        )

    @property
    def _tags(self) -> dict[str, str]:
        return tags_of(self.dataset, self.item.commit)
