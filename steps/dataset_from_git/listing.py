"""The files of a dataset, without their content."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from steps.clients.platform_api.stored_objects import MOST_OBJECTS
from steps.contract.errors import BadDataError
from steps.dataset_from_git.datasets import Dataset
from steps.dataset_from_git.names import Format
from steps.dataset_from_git.repository import Repository, RepositoryFile
from steps.dataset_from_git.settings import GitSettings

MOST_FILES = MOST_OBJECTS // len(Format)


@dataclass(frozen=True)
class Listing:
    """The files of a dataset at its branch's commit.

    Attributes:
        commit: The commit.
        files: The files, each once, in the order of the globs.
    """

    commit: str
    files: tuple[RepositoryFile, ...]


def list_files(dataset: Dataset, git: GitSettings) -> Listing:
    """Lists a dataset's files.

    Args:
        dataset: The dataset.
        git: Where repositories are fetched from.

    Returns:
        The commit and its files.

    Raises:
        BadDataError: A glob matches nothing, or all match too much.
        ModerateError: The repository cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(git.source_of(dataset.url), Path(folder))
        commit = repository.commit(dataset.branch)
        repository.fetch_names(commit)
        found = {
            file.path: file
            for glob in dataset.globs
            for file in repository.files(commit, glob)
        }
    if len(found) > MOST_FILES:
        raise BadDataError(
            f"The dataset {dataset.name} has {len(found)} files at {commit}; "
            f"an asset takes {MOST_FILES}, in {len(Format)} formats each. "
            "Make its globs narrower, or two datasets of it."
        )
    return Listing(commit, tuple(found.values()))
