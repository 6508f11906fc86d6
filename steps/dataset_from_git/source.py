"""A file of a repository, on this pod's disk."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from steps.contract.errors import BadDataError
from steps.dataset_from_git.repository import Repository

LONGEST_POINTER_BYTES = 1_024
POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n"
    rb"(?:[a-z0-9.-]+ [^\n]*\n)*?"
    rb"oid sha256:(?P<oid>[0-9a-f]{64})\nsize (?P<size>\d{1,18})\n*"
)


@dataclass(frozen=True)
class LfsPointer:
    """What stands in Git for a file that Git LFS keeps.

    Attributes:
        oid: The SHA-256 of the file's content.
        size: Its size in bytes.
        content: The pointer file itself.
    """

    oid: str
    size: int
    content: bytes

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Reads a pointer file.

        Args:
            file: A file from Git.

        Returns:
            The pointer, None where the file is content itself.
        """
        if file.stat().st_size > LONGEST_POINTER_BYTES:
            return None
        content = file.read_bytes()
        match = POINTER.fullmatch(content)
        if match is None:
            return None
        return cls(match["oid"].decode(), int(match["size"]), content)


def fetch_source(
    repository: Repository, blob: str, folder: Path, largest_bytes: int
) -> Path:
    """Fetches a file's content, from Git LFS where Git has a pointer only.

    Args:
        repository: The repository.
        blob: The file's number in Git.
        folder: Where it may go.
        largest_bytes: The size up to which a file is converted.

    Returns:
        The file.

    Raises:
        BadDataError: Its LFS object is missing or damaged, or it is too
            large.
        ModerateError: It could not be fetched.
    """
    file = folder / "source"
    repository.fetch_blob(blob, file)
    pointer = LfsPointer.read(file)
    if pointer is None:
        _check_size(file.stat().st_size, largest_bytes)
        return file
    _check_size(pointer.size, largest_bytes)
    objects = repository.fetch_lfs_object(pointer.content)
    return objects / pointer.oid[:2] / pointer.oid[2:4] / pointer.oid


def _check_size(size: int, largest: int) -> None:
    if size > largest:
        raise BadDataError(
            f"It has {size:,} bytes; at most {largest:,} fit in the step's "
            "scratch volume beside what is made of it."
        )
