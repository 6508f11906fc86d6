"""Prefixes of the bucket reach the catalog as their files describe them."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from argo_offline.run.nodes import Phase
from checkout.images import OPENMETADATA, environment_of
from steps.catalog.names import datalake_service
from steps.catalog.ranges import Range
from steps.catalog.report import Outcome
from steps.contract.errors import ExitCode
from steps.contract.wire import decode
from tests.catalog.conftest import Recording
from tests.catalog.ingestion import SLOWEST_RUN_SECONDS, Ingestion
from tests.catalog.sources import BUILDINGS, METERS
from tests.conftest import ServedStore
from tests.step_process import run_step

pytestmark = pytest.mark.timeout(SLOWEST_RUN_SECONDS)

BUCKET = "lake"
MANY_BUCKET = "many-prefixes"
MANY = 2_500
BUILDINGS_KEY = "buildings/2024/pv.parquet"
METERS_KEY = "meters/meta.csv"
HOSTILE_PREFIX = "it's {{=1+1}} 100% ö/"
HOSTILE_KEY = f"{HOSTILE_PREFIX}a b.csv"
TOP_LEVEL_KEY = "notes.csv"
SAMPLE_ROWS = 5_000
KINDS = {
    pa.int64(): "INT",
    pa.float64(): "FLOAT",
    pa.string(): "STRING",
    pa.bool_(): "BOOLEAN",
}


@dataclass(frozen=True)
class Lake:
    """A bucket with files of every kind, and the catalog of it.

    Attributes:
        kept: What the server has.
        table: The Parquet file's content.
    """

    kept: Recording
    table: pa.Table

    def only_table(self, prefix: str) -> dict[str, Any]:
        """Returns the one table of a prefix."""
        (table,) = self.kept.tables_of(datalake_service(prefix)).values()
        return table


def buildings() -> pa.Table:
    """Reads the buildings, and gives each column a plain type."""
    table = pa_csv.read_csv(
        io.BytesIO(BUILDINGS.read_bytes()),
        read_options=pa_csv.ReadOptions(skip_rows=1),
        parse_options=pa_csv.ParseOptions(delimiter=";"),
        convert_options=pa_csv.ConvertOptions(decimal_point=","),
    )
    flat = pa.array([True] * table.num_rows)
    return table.append_column("flat", flat)


def new_bucket(s3: ServedStore, bucket: str) -> Path:
    """Creates a bucket and returns its folder."""
    s3.store._client.create_bucket(Bucket=bucket)
    return s3.folder / bucket


def write(folder: Path, key: str, content: bytes) -> None:
    """Writes an object into a bucket's folder, before it is first listed."""
    file = folder / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


@pytest.fixture(scope="module")
def lake(ingestion: Ingestion, s3: ServedStore) -> Lake:
    """The catalog of a bucket, after a run."""
    folder = new_bucket(s3, BUCKET)
    table = buildings()
    parquet = io.BytesIO()
    pq.write_table(table, parquet)
    write(folder, BUILDINGS_KEY, parquet.getvalue())
    meters = METERS.read_bytes().replace(b"\r", b"\n")
    write(folder, METERS_KEY, meters)
    write(folder, HOSTILE_KEY, b"id,name\n1,a\n2,b\n")
    write(folder, TOP_LEVEL_KEY, b"id\n1\n")
    write(folder, "pictures/roof.png", b"not a table")
    ingestion.double.reset()
    ran = ingestion.run(
        "datalake-ingestion", {"S3_BUCKET_NAME": BUCKET}, verbose=True
    )
    return Lake(Recording.after(ran, ingestion), table)


def test_every_prefix_is_in_the_catalog(lake: Lake) -> None:
    assert lake.kept.ran.result.phase is Phase.SUCCEEDED
    assert set(lake.kept.ran.lines) == {
        "buildings/",
        "meters/",
        "pictures/",
        HOSTILE_PREFIX,
    }


def test_a_prefix_without_tables_is_no_failure(lake: Lake) -> None:
    line = lake.kept.ran.lines["pictures/"]
    assert (line.outcome, line.tables) == (Outcome.DONE, 0)


def test_objects_at_the_top_level_are_reported_as_not_covered(
    lake: Lake,
) -> None:
    assert TOP_LEVEL_KEY in lake.kept.ran.log()
    assert not any(TOP_LEVEL_KEY in name for name in lake.kept.tables)


def test_a_prefix_has_its_own_files_alone(lake: Lake) -> None:
    assert lake.only_table("buildings/")["name"] == BUILDINGS_KEY
    assert lake.only_table("meters/")["name"] == METERS_KEY
    assert lake.only_table(HOSTILE_PREFIX)["name"] == HOSTILE_KEY


def test_columns_have_the_parquet_files_names_in_its_order(
    lake: Lake,
) -> None:
    columns = lake.only_table("buildings/")["columns"]
    names = [column["name"] for column in columns]
    assert names == lake.table.column_names


def test_columns_have_the_parquet_files_types(lake: Lake) -> None:
    columns = lake.only_table("buildings/")["columns"]
    assert [column["dataType"] for column in columns] == [
        KINDS[field.type] for field in lake.table.schema
    ]


def test_a_profile_reads_as_many_rows_as_the_sample(lake: Lake) -> None:
    profile = lake.only_table("buildings/")["profile"]
    assert profile["profileSample"] == SAMPLE_ROWS


def test_a_csv_file_is_counted(lake: Lake) -> None:
    table = lake.only_table("meters/")
    rows = METERS.read_bytes().count(b"\r")
    assert table["profile"]["rowCount"] in {rows, rows - 1}


def test_sample_rows_are_kept(lake: Lake) -> None:
    sample = lake.only_table(HOSTILE_PREFIX)["sampleData"]
    assert sorted(sample["rows"]) == [[1, "a"], [2, "b"]]


def test_every_request_was_known_and_valid(lake: Lake) -> None:
    assert lake.kept.unknown == []
    assert lake.kept.refused == []


@pytest.mark.parametrize(
    "variable", ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"]
)
def test_a_secret_is_in_nothing_that_a_verbose_run_leaves(
    lake: Lake, ingestion: Ingestion, variable: str
) -> None:
    assert ingestion.environment[variable] not in lake.kept.ran.log()


@pytest.fixture(scope="module")
def many_prefixes(s3: ServedStore) -> Mapping[str, str]:
    """A bucket with more prefixes than two pages of a listing hold."""
    folder = new_bucket(s3, MANY_BUCKET)
    for number in range(MANY):
        write(folder, f"prefix-{number:04}/a.csv", b"id\n1\n")
    return {"S3_BUCKET_NAME": MANY_BUCKET}


def test_every_one_of_many_prefixes_is_in_a_batch(
    many_prefixes: Mapping[str, str],
    ingestion: Ingestion,
    tmp_path: Path,
) -> None:
    assert ingestion.images
    done = run_step(
        [
            "datalake-ingestion-discover",
            "--ignore=[]",
            "--include=[]",
            "--items_at_a_time=2",
            "--batch_size=25",
            "--dry_run=true",
        ],
        tmp_path / "outputs",
        {**ingestion.environment, **many_prefixes},
        python=environment_of(OPENMETADATA) / "bin/python",
    )
    assert done.exit_code == ExitCode.DONE, done.stderr
    found = [
        Range.model_validate_json(decode(batch["content"]))
        for batch in json.loads(done.outputs["batches"])
    ]
    assert sum(batch.count for batch in found) == MANY
    assert found[-1].last == f"prefix-{MANY - 1:04}/"


def test_a_few_of_many_prefixes_are_ingested(
    many_prefixes: Mapping[str, str], ingestion: Ingestion
) -> None:
    ingestion.double.reset()
    ran = ingestion.run(
        "datalake-ingestion",
        many_prefixes,
        include=["prefix-000[01]/", "prefix-2499/"],
        work="metadata",
    )
    expected = {"prefix-0000/", "prefix-0001/", "prefix-2499/"}
    assert set(ran.lines) == expected
    assert {
        table["service"]["name"]
        for table in ingestion.double.tables().values()
    } == set(map(datalake_service, expected))
