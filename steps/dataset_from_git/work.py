"""The work on one file, and its report."""

import errno
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from steps.clients.platform_api import RefusedError
from steps.contract.errors import BadDataError, TemporaryError
from steps.dataset_from_git.convert.convert import convert
from steps.dataset_from_git.delivery import Delivery, Made
from steps.dataset_from_git.git_errors import NoSpaceError
from steps.dataset_from_git.names import Format
from steps.dataset_from_git.records import Record
from steps.dataset_from_git.reports import FileReport, ObjectReport
from steps.dataset_from_git.repository import Repository
from steps.dataset_from_git.source import fetch_source

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})

log = logging.getLogger(__name__)


class _Found:
    """What is known of the file so far."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.rows: int | None = None
        self.columns: int | None = None
        self.remarks = ""
        self.objects: list[ObjectReport] = []

    def take(self, converted: Record | Made) -> None:
        self.rows, self.columns = converted.rows, converted.columns
        self.remarks = converted.remarks

    def report(self, error: str = "") -> FileReport:
        return FileReport(
            rows=self.rows,
            columns=self.columns,
            seconds=round(time.monotonic() - self.started, 1),
            objects=tuple(self.objects),
            remarks=self.remarks,
            error=error,
        )


@dataclass(frozen=True)
class FileWork:
    """The work on one file.

    Attributes:
        delivery: Brings what is made of it to the platform.
        repository_url: Where the file is fetched from.
        largest_bytes: The size up to which a file is converted.
    """

    delivery: Delivery
    repository_url: str
    largest_bytes: int

    def run(self, *, last_try: bool) -> FileReport:
        """Converts and uploads the file, unless the platform has it.

        Args:
            last_try: Whether temporary failures are not repeated after this.

        Returns:
            Its outcome, its failure too.

        Raises:
            TemporaryError: A service failed in passing.
            BadSettingsError: A service is set up wrongly.
        """
        found = _Found()
        try:
            self._bring_up_to_date(found)
        except (BadDataError, RefusedError) as error:
            log.warning("%r: %s", self.delivery.item.path, error)
            return found.report(str(error))
        except TemporaryError as error:
            if not last_try:
                raise
            log.warning("%r: %s", self.delivery.item.path, error)
            return found.report(f"{error} Run again later.")
        return found.report()

    def _bring_up_to_date(self, found: _Found) -> None:
        item, records = self.delivery.item, self.delivery.records
        if item.fault:
            raise BadDataError(f"It cannot be converted: {item.fault}.")
        unchanged = self.delivery.unchanged(records.all())
        for form, record in zip(Format, unchanged, strict=False):
            found.take(record)
            found.objects.append(self.delivery.tag(form, record))
        if unchanged:
            return
        with tempfile.TemporaryDirectory() as folder, _disk_may_be_full():
            for made in self._made(Path(folder)):
                found.take(made)
                found.objects.append(self.delivery.deliver(made))

    def _made(self, folder: Path) -> list[Made]:
        item = self.delivery.item
        repository = Repository(self.repository_url, folder)
        source = fetch_source(
            repository, item.blob, folder, self.largest_bytes
        )
        files = {form: folder / f"made.{form}" for form in Format}
        done = convert(
            source,
            self.delivery.dataset.rules_for(item.path),
            files[Format.PARQUET],
            files[Format.CSV],
        )
        facts = {Format.PARQUET: done.parquet, Format.CSV: done.csv}
        return [
            Made(
                form=form,
                file=file,
                size=facts[form].size,
                sha256=facts[form].sha256,
                rows=done.rows,
                columns=done.columns,
                remarks=" ".join(done.remarks),
            )
            for form, file in files.items()
        ]


@contextmanager
def _disk_may_be_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise NoSpaceError(
            "The disk is full. Give the step a larger scratch volume, or "
            "free space on the node."
        ) from error
