"""How a CSV file is to be read; light enough for every step to import."""

from pydantic import BaseModel, ConfigDict, Field


class ReadingRules(BaseModel):
    """How a CSV file is to be read; what is None is detected.

    Attributes:
        skip_lines: How many lines stand before the header.
        separator: What stands between fields.
        decimal: The decimal sign.
        header_rows: How many rows the header has, 0 for none. The names of
            several are joined.
        encoding: The text's encoding, by its name in Python.
        leave_out_misfits: Rows with missing or surplus values, and rows with
            stray quotation marks kept as text, do not fail the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    skip_lines: int | None = Field(default=None, ge=0)
    separator: str | None = Field(default=None, min_length=1, max_length=1)
    decimal: str = Field(default=".", min_length=1, max_length=1)
    header_rows: int | None = Field(default=None, ge=0)
    encoding: str | None = None
    leave_out_misfits: bool = False


class StrictRules(BaseModel):
    """How the fast reader reads a file; nothing is left to detect.

    Attributes:
        skip_lines: How many lines stand before the header.
        separator: What stands between fields.
        decimal: The decimal sign.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    skip_lines: int = 0
    separator: str = ","
    decimal: str = "."
