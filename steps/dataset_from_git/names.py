"""What files and assets are called on the platform."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import PurePosixPath
from uuid import NAMESPACE_URL, UUID, uuid5

CSV_SUFFIX = ".csv"
LONGEST_NAME = 150
HASH_LENGTH = 12


class Format(StrEnum):
    """A format in which a file is uploaded; its value is the extension."""

    PARQUET = "parquet"
    CSV = "csv"


def slug(text: str) -> str:
    """Makes a slug of a text, as the platform does.

    Args:
        text: Any text.

    Returns:
        Lower-case letters, digits and single hyphens; maybe nothing.
    """
    from slugify import slugify

    made: str = slugify(text)
    return made


def asset_uuid(base_url: str, dataset: str) -> UUID:
    """Returns the number by which a dataset's asset is found again.

    Args:
        base_url: The Platform API's URL.
        dataset: Name of the dataset.

    Returns:
        The asset's uuid.
    """
    return uuid5(
        NAMESPACE_URL, f"{base_url.rstrip('/')}/asset/{slug(dataset)}"
    )


def file_name(name: str, form: Format) -> str:
    """Returns what an object's file is called.

    Args:
        name: The name that ``names_of`` gave the file.
        form: The object's format.

    Returns:
        The file name.
    """
    return f"{name}.{form}"


def series_id(name: str, form: Format) -> str:
    """Returns the series that an object belongs to.

    Args:
        name: The name that ``names_of`` gave the file.
        form: The object's format.

    Returns:
        The slug of the object's file name.
    """
    return slug(file_name(name, form))


def names_of(paths: Sequence[str]) -> dict[str, str]:
    """Names all files of a dataset.

    A name is the slug of the path below the files' common parent. Where that
    is empty, overlong or the same for two files, a hash of the path follows.

    Args:
        paths: The files' paths in the repository.

    Returns:
        The names by path; no two are equal.
    """
    common = len(_common_parent(paths))
    slugs = {
        path: slug("/".join(PurePosixPath(_stem(path)).parts[common:]))
        for path in paths
    }
    used = Counter(slugs.values())
    return {
        path: made
        if made and used[made] == 1 and len(made) <= LONGEST_NAME
        else _distinct(made, path)
        for path, made in slugs.items()
    }


def _stem(path: str) -> str:
    return path.removesuffix(CSV_SUFFIX)


def _common_parent(paths: Sequence[str]) -> tuple[str, ...]:
    parents = [PurePosixPath(path).parent.parts for path in paths]
    shortest = min(parents, key=len, default=())
    for depth, part in enumerate(shortest):
        if any(parent[depth] != part for parent in parents):
            return shortest[:depth]
    return shortest


def _distinct(made: str, path: str) -> str:
    digest = hashlib.sha256(path.encode()).hexdigest()[:HASH_LENGTH]
    return f"{made[:LONGEST_NAME]}-{digest}".strip("-")
