"""A CSV file that was looked at, but not read yet."""

from dataclasses import dataclass
from pathlib import Path

from steps.dataset_from_git.convert.header import Header, read_header
from steps.dataset_from_git.convert.look import Look, look_at
from steps.dataset_from_git.convert.reading_rules import StrictRules


@dataclass(frozen=True)
class SourceTable:
    """A CSV file, and how to read it.

    Attributes:
        source: The file.
        rules: How it is read.
        look: What its bytes tell.
        header: Its header.
    """

    source: Path
    rules: StrictRules
    look: Look
    header: Header

    @classmethod
    def at(cls, source: Path, rules: StrictRules) -> "SourceTable":
        """Looks at a file.

        Args:
            source: The file.
            rules: How it is read.

        Returns:
            What is known before it is read.

        Raises:
            BadDataError: It is not CSV.
            OSError: It cannot be read.
        """
        look = look_at(source, rules)
        return cls.of(source, rules, look)

    @classmethod
    def of(cls, source: Path, rules: StrictRules, look: Look) -> "SourceTable":
        """Reads the header of a file that was looked at.

        Args:
            source: The file.
            rules: How it is read.
            look: What its bytes tell.

        Returns:
            What is known before its rows are read.

        Raises:
            BadDataError: It has no header.
        """
        return cls(source, rules, look, read_header(source, look, rules))

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return len(self.header.names)
