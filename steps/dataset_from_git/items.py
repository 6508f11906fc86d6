"""The files of a dataset at one commit, as they travel between steps."""

from pydantic import BaseModel, ConfigDict

from steps.dataset_from_git.datasets import Dataset
from steps.dataset_from_git.names import Format, file_name, series_id


class FileItem(BaseModel):
    """A file of a dataset at one commit.

    Attributes:
        dataset: Name of the dataset.
        commit: The commit.
        asset_id: The dataset's asset.
        path: The file's path in the repository.
        name: What its objects are called, without an extension.
        blob: The number of its content in Git.
        fault: Why it cannot be converted, None where it can.
        report_bytes: How long its report may be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    commit: str
    asset_id: int
    path: str
    name: str
    blob: str
    fault: str | None = None
    report_bytes: int

    def file_name(self, form: Format) -> str:
        """Returns what the object of a format is called."""
        return file_name(self.name, form)

    def series_id(self, form: Format) -> str:
        """Returns the series of the object of a format."""
        return series_id(self.name, form)


def tags_of(dataset: Dataset, commit: str) -> dict[str, str]:
    """Returns the tags of a dataset's objects.

    Args:
        dataset: The dataset.
        commit: The commit that they are of.

    Returns:
        The tags.
    """
    return {"repo_url": dataset.url, "commit_sha": commit}
