"""How a CSV file is laid out, and where the column to analyse is."""

from dataclasses import dataclass
from pathlib import Path

from steps.contract.errors import BadDataError
from steps.tabular.detect import detect
from steps.tabular.dialect import Dialect, same_name

NAMES_SHOWN = 60
NAME_LENGTH_SHOWN = 60


@dataclass(frozen=True)
class Layout:
    """Where the values are in a CSV file.

    Attributes:
        dialect: How the file is written.
        column: Index of the column to analyse.
    """

    dialect: Dialect
    column: int

    @property
    def encoding(self) -> str:
        """The text encoding."""
        return self.dialect.encoding

    @property
    def separator(self) -> str:
        """What stands between cells."""
        return self.dialect.separator

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns' names, stripped."""
        return tuple(name.strip() for name in self.dialect.columns)


def detect_layout(file: Path, variable: str) -> Layout:
    """Finds out how a CSV file is laid out.

    Args:
        file: The file.
        variable: Name of the column to analyse; its number, from 1, where
            the file has no header.

    Returns:
        The layout.

    Raises:
        BadDataError: The file is empty or no CSV, or has no such column.
    """
    dialect = detect(file, hint=variable)
    wanted = same_name(variable)
    for column, name in enumerate(dialect.columns):
        if same_name(name) == wanted:
            return Layout(dialect, column)
    raise _no_such_column(variable, dialect)


def _no_such_column(variable: str, dialect: Dialect) -> BadDataError:
    names = [
        repr(name.strip()[:NAME_LENGTH_SHOWN]) for name in dialect.columns
    ]
    more = f" and {len(names) - NAMES_SHOWN} more" * (len(names) > NAMES_SHOWN)
    listed = f"{', '.join(names[:NAMES_SHOWN])}{more}"
    about = " ".join(("", *dialect.remarks)).rstrip()
    return BadDataError(
        f"The file has no column {variable[:NAME_LENGTH_SHOWN]!r}. Its "
        f"columns are {listed}.{about}"
    )
