"""What is wrong in a manifest."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """One fault of one file.

    Attributes:
        file: The file as it was given.
        where: Place in the object, for example "template main, task prepare".
        message: What is wrong and what to do.
        rule: Name of the rule that found it.
        group: Name of the group of rules that the rule belongs to.
    """

    file: Path
    where: str
    message: str
    rule: str = ""
    group: str = ""

    def __str__(self) -> str:
        """Returns the finding as one line."""
        return f"{self.file}: {self.where}: {self.message}"
