"""Files that are written once, with their size and SHA-256."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict

from steps.contract.errors import BadDataError, ModerateError, TemporaryError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset(
    {errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR}
)


class FileFacts(BaseModel):
    """What a file is.

    Attributes:
        size: Its bytes.
        sha256: Their SHA-256, in hexadecimal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int
    sha256: str


class HashedFile:
    """A file to write to, from its begin to its end."""

    def __init__(self, file: BinaryIO) -> None:
        """Starts with an empty file.

        Args:
            file: Where the bytes go.
        """
        self._file = file
        self._hash = hashlib.sha256()
        self._size = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        """Appends bytes.

        Args:
            data: The bytes, or a buffer of them.

        Returns:
            How many they are.
        """
        self._hash.update(data)
        written = self._file.write(data)
        self._size += written
        return written

    def tell(self) -> int:
        """Returns how many bytes there are."""
        return self._size

    def flush(self) -> None:
        """Passes all bytes to the operating system."""
        self._file.flush()

    def close(self) -> None:
        """Accepts no more; the file itself is its opener's to close."""
        self.closed = True

    @property
    def facts(self) -> FileFacts:
        """What was written."""
        return FileFacts(size=self._size, sha256=self._hash.hexdigest())


@contextmanager
def hashed_file(path: Path) -> Iterator[HashedFile]:
    """Writes a new file.

    Args:
        path: Where it goes; what was there is gone.

    Yields:
        The file.
    """
    # What was there may be another name of a source, see keep_bytes.
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        yield HashedFile(file)


def keep_bytes(source: Path, target: Path) -> None:
    """Makes a file with the same bytes, without copying where possible.

    Args:
        source: The file.
        target: Its other name.
    """
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def explain_system_error(error: OSError) -> ModerateError:
    """Makes an error of what the operating system refused.

    Args:
        error: Its error.

    Returns:
        The error of the step.
    """
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return TemporaryError(
            f"The disk is full ({reason}). The step's scratch volume must "
            "hold the source, the Parquet file and the CSV file."
        )
    if error.errno in _REFUSED:
        return BadDataError(f"The file cannot be read: {reason}.")
    return TemporaryError(f"Reading or writing a file failed: {reason}.")
