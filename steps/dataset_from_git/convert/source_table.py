"""A CSV file that was looked at, but not read yet."""

from dataclasses import dataclass
from pathlib import Path

from steps.dataset_from_git.convert.header import Header, read_header
from steps.dataset_from_git.convert.inspection import Inspection, inspect_file
from steps.dataset_from_git.convert.reading_rules import StrictRules


@dataclass(frozen=True)
class SourceTable:
    """A CSV file, and how to read it.

    Attributes:
        source: The file.
        rules: How it is read.
        inspection: The inspection of its bytes.
        header: Its header.
    """

    source: Path
    rules: StrictRules
    inspection: Inspection
    header: Header

    @classmethod
    def at(cls, source: Path, rules: StrictRules) -> "SourceTable":
        """Inspects a file.

        Args:
            source: The file.
            rules: How it is read.

        Returns:
            What is known before it is read.

        Raises:
            BadDataError: It is not CSV.
            OSError: It cannot be read.
        """
        inspection = inspect_file(source, rules)
        return cls.of(source, rules, inspection)

    @classmethod
    def of(
        cls, source: Path, rules: StrictRules, inspection: Inspection
    ) -> "SourceTable":
        """Reads the header of a file that was looked at.

        Args:
            source: The file.
            rules: How it is read.
            inspection: The inspection of its bytes.

        Returns:
            What is known before its rows are read.

        Raises:
            BadDataError: It has no header.
        """
        return cls(
            source, rules, inspection, read_header(source, inspection, rules)
        )

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return len(self.header.names)
