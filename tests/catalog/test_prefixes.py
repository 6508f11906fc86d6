"""The top-level prefixes of a real S3 server, all pages of them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from steps.catalog.datalake import DatalakeSource
from steps.catalog.discover import DiscoverInputs, discover_items
from steps.catalog.ranges import Range
from steps.catalog.source import TableName
from steps.clients.object_store import BucketSettings
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import BadSettingsError
from tests.conftest import ServedStore
from tests.hostile import HOSTILE_KEYS

MANY = 2_500
UNREACHABLE = OpenMetadataSettings(
    open_metadata_host="unreachable.example.org",
    open_metadata_token=SecretStr("t0ken"),
)


@dataclass(frozen=True)
class Bucket:
    """A bucket of its own.

    Attributes:
        store: The server.
        name: The bucket's name.
    """

    store: ServedStore
    name: str

    @property
    def settings(self) -> BucketSettings:
        """What reaches it."""
        return self.store.settings.model_copy(
            update={"s3_bucket_name": self.name}
        )

    @property
    def source(self) -> DatalakeSource:
        """The bucket as a source of the catalog."""
        return DatalakeSource(self.settings)

    def put(self, *keys: str) -> None:
        """Write small objects."""
        for key in keys:
            self.store.put(key, "a,b\n1,2\n", self.name)


@pytest.fixture
def bucket(s3: ServedStore) -> Bucket:
    """An empty bucket."""
    name = f"lake-{uuid.uuid4().hex}"
    s3.store._client.create_bucket(Bucket=name)
    return Bucket(s3, name)


@pytest.fixture(scope="module")
def full(s3: ServedStore) -> Bucket:
    """A bucket with more prefixes than a page of a listing holds."""
    name = f"lake-{uuid.uuid4().hex}"
    s3.store._client.create_bucket(Bucket=name)
    for number in range(MANY):
        folder = s3.folder / name / f"p{number:04d}"
        folder.mkdir(parents=True)
        (folder / "a.csv").touch()
    return Bucket(s3, name)


def discover(bucket: Bucket, include: Sequence[str] = ()) -> list[Range]:
    """Run the first step; return what its batches hold."""
    inputs = DiscoverInputs(
        include=list(include), items_at_a_time=2, batch_size=25, dry_run=True
    )
    found = discover_items(inputs, bucket.source, UNREACHABLE)
    return [Range.model_validate_json(one.content) for one in found.batches]


def test_all_pages_are_read(full: Bucket) -> None:
    assert len(full.source.names()) == MANY


def test_each_prefix_is_in_a_batch(full: Bucket) -> None:
    names = full.source.names()
    batched = [name for one in discover(full) for name in one.of(names)]
    assert batched == sorted(names)


def test_an_include_list_takes_prefixes_with_their_slash(full: Bucket) -> None:
    (batch,) = discover(full, ["p0001/", "p2499/"])
    assert (batch.first, batch.last, batch.count) == (
        "p0001/",
        "p2499/",
        2,
    )


def test_objects_at_the_top_level_are_reported(bucket: Bucket) -> None:
    bucket.put("a/b.csv", "top.csv", "other.csv")
    inputs = DiscoverInputs(items_at_a_time=2, batch_size=25, dry_run=True)
    found = discover_items(inputs, bucket.source, UNREACHABLE)
    covered, marked = found.remarks.splitlines()
    assert "It is not known what would be marked" in marked
    assert covered == (
        "2 objects at the top level of the bucket are below no prefix and "
        "are not covered: 'other.csv', 'top.csv'."
    )


def test_a_pattern_that_matches_nothing_is_reported(bucket: Bucket) -> None:
    bucket.put("a/b.csv")
    inputs = DiscoverInputs(
        include=["b/"], items_at_a_time=2, batch_size=25, dry_run=True
    )
    found = discover_items(inputs, bucket.source, UNREACHABLE)
    assert "'b/' of the include list matches no prefix" in found.remarks


def test_prefixes_may_be_called_anything(bucket: Bucket) -> None:
    # The server of the tests takes both spellings of a character for one.
    keys = [
        f"{text}/a.csv"
        for name, text in HOSTILE_KEYS.items()
        if name != "decomposed"
    ]
    bucket.put(*keys)
    prefixes = {f"{key.partition('/')[0]}/" for key in keys}
    assert set(bucket.source.names()) == prefixes


def test_files_that_the_framework_reads_are_tables(bucket: Bucket) -> None:
    bucket.put("a/x.csv", "a/deep/y.PARQUET", "a/z.txt", "a/log", "ab/q.csv")
    assert bucket.source.contents("a/").tables == {
        TableName(bucket.name, "a/x.csv"),
        TableName(bucket.name, "a/deep/y.PARQUET"),
    }


def test_an_empty_bucket_has_no_prefixes(bucket: Bucket) -> None:
    assert discover(bucket) == []


def test_a_bucket_that_is_not_there_is_reported(bucket: Bucket) -> None:
    source = Bucket(bucket.store, "nowhere").source
    with pytest.raises(BadSettingsError, match="no such bucket"):
        source.names()
