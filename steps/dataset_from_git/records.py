"""The records of uploads, per dataset, file and format."""

from pydantic import BaseModel, ConfigDict, ValidationError

from steps.dataset_from_git.convert.reading_rules import ReadingRules
from steps.dataset_from_git.names import Format
from steps.state.state import State


class Record(BaseModel):
    """An upload that the platform has confirmed with the right SHA-256.

    Attributes:
        commit: The commit that the object's tags name.
        blob: The number of the file's content in Git.
        reading: How the file was read.
        object_id: The platform's object.
        sha256: The SHA-256 of the object's content.
        size: Its size in bytes.
        rows: How many rows it has.
        columns: How many columns it has.
        remarks: What was assumed and altered in reading, as sentences.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    commit: str
    blob: str
    reading: ReadingRules
    object_id: int
    sha256: str
    size: int
    rows: int
    columns: int
    remarks: str = ""

    def is_of(self, blob: str, reading: ReadingRules) -> bool:
        """Returns whether a file would be converted to the same again.

        Args:
            blob: The number of the file's content in Git.
            reading: How it is read.

        Returns:
            Whether both are as recorded.
        """
        return (self.blob, self.reading) == (blob, reading)


class Records:
    """The records of one dataset."""

    def __init__(self, state: State, dataset: str) -> None:
        """Prepares them; nothing is asked yet.

        Args:
            state: Where they are kept.
            dataset: Name of the dataset.
        """
        self._state = state
        self._prefix = f"{dataset}/"

    def all(self) -> dict[tuple[str, Format], Record]:
        """Reads all records of the dataset.

        Returns:
            The records by path and format; those of another shape are as
            good as absent.

        Raises:
            ModerateError: The state could not be read.
        """
        found = {}
        for key, value in self._state.values(self._prefix).items():
            form, _, path = key.removeprefix(self._prefix).partition("/")
            try:
                found[path, Format(form)] = Record.model_validate(value)
            except (ValidationError, ValueError):
                continue
        return found

    def put(self, path: str, form: Format, record: Record) -> None:
        """Records an upload.

        Args:
            path: The file's path.
            form: The object's format.
            record: The record.

        Raises:
            ModerateError: The state could not be written.
        """
        self._state.put(
            f"{self._prefix}{form}/{path}", record.model_dump(mode="json")
        )
