"""The outcome of one file, in as many bytes as a batch may use."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from steps.dataset_from_git.names import Format


class UploadResult(StrEnum):
    """The outcome of a file in one format.

    Attributes:
        UPLOADED: A new object holds it.
        UNCHANGED: The newest object holds it, and its tags the new commit.
        THERE: An object of this commit holds it.
        KEPT: An object of this commit holds something else; it stays.
    """

    UPLOADED = "uploaded"
    UNCHANGED = "unchanged"
    THERE = "there"
    KEPT = "kept"


class ObjectReport(BaseModel):
    """The outcome of a file in one format.

    Attributes:
        form: The format.
        outcome: Its outcome.
        object_id: The object that holds it.
        size: Its size in bytes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Format
    outcome: UploadResult
    object_id: int
    size: int


class FileReport(BaseModel):
    """The outcome of a file.

    Attributes:
        rows: How many rows it has, None where it was not converted.
        columns: How many columns it has.
        seconds: How long it took.
        objects: Its objects, as far as it came.
        remarks: What was assumed and altered in reading it, as sentences.
        error: Why it failed; empty where it did not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int | None = None
    columns: int | None = None
    seconds: float
    objects: tuple[ObjectReport, ...] = ()
    remarks: str = ""
    error: str = ""
