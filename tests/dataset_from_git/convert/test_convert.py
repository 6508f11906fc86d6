"""Real files, converted: each cell is what pandas reads."""

import hashlib
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from steps.dataset_from_git.convert.files import FileFacts
from steps.dataset_from_git.convert.reading_rules import ReadingRules
from tests.dataset_from_git.convert.converting import Converted, converted
from tests.step_process import ROOT

DATA = ROOT / "tests/data"
PV_RULES = ReadingRules(skip_lines=1, separator=";", decimal=",")
REAL_FILES = {
    "v1.0_Data_T3.1_Dynamicanalysis_PVanalysis.csv": PV_RULES,
    "meta_open.csv": ReadingRules(),
    "weather1.csv": ReadingRules(),
    "weather13.csv": ReadingRules(),
}


@pytest.fixture(scope="module", params=REAL_FILES)
def real(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Converted, pd.DataFrame]:
    """A real file as it was converted, and as pandas reads it."""
    rules = REAL_FILES[request.param]
    made = converted(DATA / request.param, tmp_path_factory.mktemp("c"), rules)
    frame = pd.read_csv(
        DATA / request.param,
        sep=rules.separator or ",",
        decimal=rules.decimal,
        skiprows=rules.skip_lines or 0,
    )
    return made, frame


def test_parquet_holds_exactly_what_pandas_reads(
    real: tuple[Converted, pd.DataFrame],
) -> None:
    made, frame = real
    read = pd.read_parquet(made.parquet)
    for name in read.select_dtypes("datetime"):
        read[name] = read[name].dt.strftime("%Y-%m-%d %H:%M:%S")
    pd.testing.assert_frame_equal(read, frame, check_exact=True)


def test_normalised_csv_holds_exactly_what_pandas_reads(
    real: tuple[Converted, pd.DataFrame],
) -> None:
    made, frame = real
    pd.testing.assert_frame_equal(made.csv_frame, frame, check_exact=True)


def test_polars_reads_the_parquet_file(
    real: tuple[Converted, pd.DataFrame],
) -> None:
    made, _ = real
    assert pl.read_parquet(made.parquet).to_arrow().to_pydict() == made.columns


def test_duckdb_reads_the_parquet_file(
    real: tuple[Converted, pd.DataFrame],
) -> None:
    made, _ = real
    rows = duckdb.read_parquet(str(made.parquet))
    assert rows.columns == list(made.columns)
    assert rows.fetchall() == list(zip(*made.columns.values(), strict=True))


def test_the_facts_are_those_of_the_files(
    real: tuple[Converted, pd.DataFrame],
) -> None:
    made, frame = real
    facts = made.conversion
    assert (facts.rows, facts.columns) == frame.shape
    assert facts.parquet == _facts(made.parquet)
    assert facts.csv == _facts(made.csv)


def _facts(file: Path) -> FileFacts:
    content = file.read_bytes()
    return FileFacts(
        size=len(content), sha256=hashlib.sha256(content).hexdigest()
    )
