"""How a CSV file is to be read; light enough for every step to import."""

from pydantic import BaseModel, ConfigDict, Field


class ReadingRules(BaseModel):
    """How a CSV file is to be read.

    Attributes:
        skip_lines: How many lines stand before the header.
        separator: What stands between fields.
        decimal: The decimal sign.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    skip_lines: int = Field(default=0, ge=0)
    separator: str = Field(default=",", min_length=1, max_length=1)
    decimal: str = Field(default=".", min_length=1, max_length=1)
