"""Converting in tests, and reading back the outcome of it."""

import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from steps.dataset_from_git.convert.convert import Conversion, convert
from steps.dataset_from_git.convert.reading_rules import ReadingRules


@dataclass(frozen=True)
class Converted:
    """A conversion and its files.

    Attributes:
        conversion: What the conversion returns.
        parquet: The Parquet file.
        csv: The CSV file.
    """

    conversion: Conversion
    parquet: Path
    csv: Path

    @property
    def table(self) -> pa.Table:
        """The Parquet file's table."""
        return pa.parquet.read_table(self.parquet)

    @property
    def columns(self) -> dict[str, list[object]]:
        """The Parquet file's values by column."""
        values: dict[str, list[object]] = self.table.to_pydict()
        return values

    @property
    def type_names(self) -> list[str]:
        """The Parquet file's types, as Arrow calls them."""
        return [str(one) for one in self.table.schema.types]

    @property
    def csv_frame(self) -> pd.DataFrame:
        """The CSV file as pandas reads it."""
        return pd.read_csv(io.BytesIO(self.csv.read_bytes()))


def converted(
    source: Path | bytes, folder: Path, rules: ReadingRules | None = None
) -> Converted:
    """Converts a file.

    Args:
        source: The file, or its content.
        folder: Where files may go.
        rules: How it is read; as it is, if not given.

    Returns:
        Its outcome.
    """
    if isinstance(source, bytes):
        file = folder / "source.csv"
        file.write_bytes(source)
        source = file
    parquet, csv = folder / "made.parquet", folder / "made.csv"
    conversion = convert(source, rules or ReadingRules(), parquet, csv)
    return Converted(conversion, parquet, csv)
