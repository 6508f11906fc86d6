"""What cannot be read keeps nothing else from the catalog."""

import io
import uuid
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from argo_offline.run.nodes import NodeType, Phase
from steps.catalog.names import (
    column_name,
    datalake_service,
    entity_name,
    table_name,
)
from steps.catalog.report import Outcome
from steps.contract.errors import ExitCode
from tests.catalog.conftest import Recording
from tests.catalog.ingestion import SLOWEST_RUN_SECONDS, SUMMARY, Ingestion
from tests.conftest import ServedStore

pytestmark = pytest.mark.timeout(SLOWEST_RUN_SECONDS)

CSV = b"id,name\n1,a\n2,b\n"
GOOD = ("mixed/good.csv", "mixed/later.csv", "mixed/table.parquet")
BAD = (
    "mixed/empty.csv",
    "mixed/empty.json",
    "mixed/empty.parquet",
    "mixed/garbage.parquet",
    "mixed/half.parquet",
)


def parquet() -> bytes:
    """Writes a small Parquet file."""
    content = io.BytesIO()
    pq.write_table(pa.table({"id": [1, 2], "name": ["a", "b"]}), content)
    return content.getvalue()


# A folder's name may not be longer than 255 bytes on the server of the tests.
LONG_KEY = f"long/{'/'.join(['k' * 119] * 3)}.csv"
LONG_HEADER = "h" * 300
OTHER_LONG_HEADER = f"{'h' * 300}i"
QUOTED_HEADER = f"{'q' * 200}{chr(39)}{'q' * 90}>x"
HEADERS = (LONG_HEADER, OTHER_LONG_HEADER, QUOTED_HEADER)

FILES = {
    LONG_KEY: CSV,
    "long/headers.csv": f"{','.join(HEADERS)}\n1,2,3\n4,5,6\n".encode(),
    "long/plain.csv": CSV,
    "mixed/good.csv": CSV,
    "mixed/later.csv": CSV,
    "mixed/table.parquet": parquet(),
    "mixed/empty.csv": b"",
    "mixed/empty.json": b"",
    "mixed/empty.parquet": b"",
    "mixed/garbage.parquet": b"PAR1 and what is no Parquet at all",
    "mixed/half.parquet": parquet()[:-40],
    "whole/good.csv": CSV,
    "hopeless/empty.csv": b"",
}


@dataclass(frozen=True)
class Lake:
    """The catalog of a bucket with broken files.

    Attributes:
        kept: What the server has.
    """

    kept: Recording

    def tables(self, prefix: str) -> dict[str, dict[str, Any]]:
        """Returns the tables of a prefix by their keys."""
        found = self.kept.tables_of(datalake_service(prefix))
        return {table["name"]: table for table in found.values()}


def new_bucket(s3: ServedStore, files: dict[str, bytes]) -> str:
    """Creates a bucket with files, and returns its name."""
    bucket = f"partial-{uuid.uuid4().hex}"
    s3.store._client.create_bucket(Bucket=bucket)
    for key, content in files.items():
        s3.store._client.put_object(Bucket=bucket, Key=key, Body=content)
    return bucket


@pytest.fixture(scope="module")
def lake(ingestion: Ingestion, s3: ServedStore) -> Lake:
    """The catalog after a run over good and broken files."""
    bucket = new_bucket(s3, FILES)
    ingestion.double.reset()
    ran = ingestion.run("datalake-ingestion", {"S3_BUCKET_NAME": bucket})
    return Lake(Recording.after(ran, ingestion))


@pytest.mark.parametrize("key", GOOD)
def test_a_file_beside_broken_ones_is_described_profiled_and_sampled(
    lake: Lake, key: str
) -> None:
    table = lake.tables("mixed/")[key]
    assert [column["name"] for column in table["columns"]] == ["id", "name"]
    assert table["profile"]["rowCount"] == 2
    assert sorted(table["sampleData"]["rows"]) == [[1, "a"], [2, "b"]]


def test_long_keys_and_headers_keep_nothing_from_the_catalog(
    lake: Lake,
) -> None:
    line = lake.kept.ran.lines["long/"]
    assert (line.outcome, line.error) == (Outcome.DONE, "")
    assert (line.tables, line.profiled) == (3, 3)


def test_a_long_key_is_a_table_under_its_digest_with_all_of_its_content(
    lake: Lake,
) -> None:
    table = lake.tables("long/")[table_name(LONG_KEY)]
    assert table["displayName"] == LONG_KEY
    assert table["profile"]["rowCount"] == 2
    assert sorted(table["sampleData"]["rows"]) == [[1, "a"], [2, "b"]]


def test_long_headers_are_columns_of_their_own_with_profiles(
    lake: Lake,
) -> None:
    table = lake.tables("long/")["long/headers.csv"]
    names = [entity_name(column_name(header)) for header in HEADERS]
    assert [column["name"] for column in table["columns"]] == names
    assert [column["displayName"] for column in table["columns"]] == [*HEADERS]
    found = {name: one["max"] for name, one in table["columnProfiles"].items()}
    assert found == dict(zip(names, (4, 5, 6), strict=True))
    assert table["sampleData"]["columns"] == names


def test_no_broken_file_is_a_table(lake: Lake) -> None:
    assert set(lake.tables("mixed/")) == set(GOOD)


def test_a_prefix_with_broken_files_is_partial(lake: Lake) -> None:
    assert lake.kept.ran.lines["mixed/"].outcome is Outcome.PARTIAL


@pytest.mark.parametrize("key", BAD)
def test_each_broken_file_is_named(lake: Lake, key: str) -> None:
    assert key in lake.kept.ran.lines["mixed/"].error


def test_a_prefix_of_broken_files_alone_has_failed(lake: Lake) -> None:
    line = lake.kept.ran.lines["hopeless/"]
    assert (line.outcome, line.tables) == (Outcome.FAILED, 0)
    assert "hopeless/empty.csv" in line.error


def test_a_prefix_without_broken_files_is_done(lake: Lake) -> None:
    assert lake.kept.ran.lines["whole/"].outcome is Outcome.DONE


def test_the_summary_counts_done_partial_and_failed_apart(lake: Lake) -> None:
    (node,) = (
        node
        for node in lake.kept.ran.result.nodes
        if node.template == SUMMARY and node.type is NodeType.POD
    )
    outcomes = [node.outputs[name] for name in ("done", "partial", "failed")]
    assert outcomes == ["2", "1", "1"]
    assert node.exit_code == ExitCode.BAD_DATA


def test_a_run_with_a_partial_item_alone_ends_with_a_code_of_its_own(
    ingestion: Ingestion, s3: ServedStore
) -> None:
    bucket = new_bucket(s3, {"p/a.csv": CSV, "p/b.csv": b""})
    ingestion.double.reset()
    ran = ingestion.run(
        "datalake-ingestion", {"S3_BUCKET_NAME": bucket}, work="metadata"
    )
    codes = [
        node.exit_code
        for node in ran.result.nodes
        if node.template == SUMMARY and node.type is NodeType.POD
    ]
    assert (codes, ran.result.phase) == ([ExitCode.PARTIAL], Phase.FAILED)
