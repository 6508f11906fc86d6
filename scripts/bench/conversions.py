"""One conversion, in a process of its own, for the benchmark to measure.

Each engine makes a Parquet file with zstd and a CSV file; all but this
project's own read the source once for each, as the Dagster pipelines did::

    python -m bench.conversions ENGINE SOURCE FOLDER RULES
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from steps.dataset_from_git.convert.reading_rules import ReadingRules

Engine = Callable[[Path, ReadingRules, Path, Path], object]
EVERY_ROW = None


def with_pandas(
    source: Path, rules: ReadingRules, parquet: Path, csv: Path
) -> None:
    """Converts with pandas."""
    import pandas as pd

    def read() -> "pd.DataFrame":
        return pd.read_csv(
            source,
            sep=rules.separator or ",",
            decimal=rules.decimal,
            skiprows=rules.skip_lines or 0,
        )

    read().to_parquet(parquet, compression="zstd", index=False)
    read().to_csv(csv, index=False)


def with_polars(
    source: Path, rules: ReadingRules, parquet: Path, csv: Path
) -> None:
    """Converts with polars' streaming engine."""
    import polars as pl

    def scan() -> "pl.LazyFrame":
        return pl.scan_csv(
            source,
            separator=rules.separator or ",",
            decimal_comma=rules.decimal == ",",
            skip_rows=rules.skip_lines or 0,
            infer_schema_length=EVERY_ROW,
        )

    scan().sink_parquet(parquet, compression="zstd")
    scan().sink_csv(csv)


def with_pyarrow(
    source: Path, rules: ReadingRules, parquet: Path, csv: Path
) -> None:
    """Converts with pyarrow's own defaults, all in memory."""
    import pyarrow.csv
    import pyarrow.parquet

    def read() -> "pyarrow.Table":
        return pyarrow.csv.read_csv(
            source,
            pyarrow.csv.ReadOptions(skip_rows=rules.skip_lines or 0),
            pyarrow.csv.ParseOptions(delimiter=rules.separator or ","),
            pyarrow.csv.ConvertOptions(decimal_point=rules.decimal),
        )

    pyarrow.parquet.write_table(read(), parquet, compression="zstd")
    pyarrow.csv.write_csv(read(), csv)


def with_duckdb(
    source: Path, rules: ReadingRules, parquet: Path, csv: Path
) -> None:
    """Converts with DuckDB."""
    import duckdb

    def read() -> "duckdb.DuckDBPyRelation":
        return duckdb.read_csv(
            str(source),
            sep=rules.separator or ",",
            decimal=rules.decimal,
            skiprows=rules.skip_lines or 0,
            header=True,
        )

    read().write_parquet(str(parquet), compression="zstd")
    read().write_csv(str(csv))


def with_this_project(
    source: Path, rules: ReadingRules, parquet: Path, csv: Path
) -> None:
    """Converts as the pipeline does."""
    from steps.dataset_from_git.convert.convert import (
        convert,
    )

    convert(source, rules, parquet, csv)


ENGINES: Mapping[str, Engine] = MappingProxyType(
    {
        "pandas": with_pandas,
        "polars": with_polars,
        "pyarrow, as it comes": with_pyarrow,
        "DuckDB": with_duckdb,
        "this project": with_this_project,
    }
)


def main() -> None:
    """Runs the engine that the arguments name."""
    engine, source, folder, rules = sys.argv[1:]
    outputs = Path(folder) / "made.parquet", Path(folder) / "made.csv"
    ENGINES[engine](
        Path(source), ReadingRules.model_validate_json(rules), *outputs
    )


if __name__ == "__main__":
    main()
