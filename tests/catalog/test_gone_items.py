"""Services of items that are gone are marked, and no others."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from psycopg import sql

from local_services.open_metadata.double import OpenMetadataDouble
from local_services.open_metadata.faults import Fault, FaultKind
from local_services.open_metadata.serving import ServedOpenMetadata
from moderate.demo.databases import connected, create_database
from steps.catalog import framework, gone
from steps.catalog.datalake import DatalakeSource
from steps.catalog.discover import DiscoverInputs, discover_items
from steps.catalog.gone import mark_gone_items
from steps.catalog.names import datalake_service, postgres_service
from steps.catalog.postgres import PostgresSource
from steps.catalog.report import Outcome
from steps.catalog.server import CatalogServer
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    TemporaryError,
)
from tests.catalog.ingestion import SLOWEST_RUN_SECONDS, Ingestion
from tests.catalog.seeding import PIPELINES, SERVICES, Seeding
from tests.conftest import ServedDatabases, ServedStore

SHARE = 0.2


@dataclass
class Lake:
    """A bucket of one test, and the catalog of it.

    Attributes:
        store: The object store.
        bucket: The bucket.
        seeding: The server.
        double: The server's control.
    """

    store: ServedStore
    bucket: str
    seeding: Seeding
    double: OpenMetadataDouble

    @property
    def server(self) -> CatalogServer:
        """The server, as the pipeline sees it."""
        return CatalogServer(self.seeding.settings)

    def describe(self, *prefixes: str) -> None:
        """Adds prefixes with a file each, and describes them."""
        for prefix in prefixes:
            self.store.put(f"{prefix}a.csv", "id\n1\n", self.bucket)
            self.seeding.ingest(prefix)

    def remove(self, *prefixes: str) -> None:
        """Removes prefixes from the bucket."""
        for prefix in prefixes:
            self.store.store._client.delete_object(
                Bucket=self.bucket, Key=f"{prefix}a.csv"
            )

    def mark(
        self, share: float = SHARE, *, dry_run: bool = False
    ) -> list[str]:
        """Marks what is gone; returns the remarks."""
        return mark_gone_items(
            self.seeding.source,
            self.server,
            self.seeding.source.names(),
            largest_share=share,
            dry_run=dry_run,
        )

    def live(self) -> set[str]:
        """Lists the services that are not marked as deleted."""
        return {
            name
            for name, one in self.double.entities(SERVICES).items()
            if not one["deleted"]
        }


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gone, "SECOND_LOOK_SECONDS", 0)


@pytest.fixture
def make_lake(
    s3: ServedStore,
    catalog_server: ServedOpenMetadata,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], Lake]:
    """Makes buckets; the framework is not needed to describe them."""

    def make() -> Lake:
        bucket = f"gone-{uuid.uuid4().hex}"
        s3.store._client.create_bucket(Bucket=bucket)
        source = DatalakeSource(
            s3.settings.model_copy(update={"s3_bucket_name": bucket})
        )
        settings = OpenMetadataSettings.of(catalog_server.environment)
        seeding = Seeding(settings, source)
        monkeypatch.setattr(framework, "run_metadata", seeding.describe)
        return Lake(s3, bucket, seeding, catalog_server.double)

    return make


@pytest.fixture
def lake(make_lake: Callable[[], Lake]) -> Lake:
    """An empty bucket."""
    return make_lake()


def test_a_prefix_that_is_gone_is_marked_with_its_tables_and_named(
    lake: Lake,
) -> None:
    lake.describe("kept/", "lost/")
    lake.remove("lost/")
    (remark,) = lake.mark()
    assert remark == (
        "1 of 2 services in OpenMetadata are of a prefix that is gone, and "
        f"are marked as deleted now: {datalake_service('lost/')}."
    )
    assert lake.live() == {datalake_service("kept/")}
    (table,) = lake.double.tables().values()
    assert table["name"] == "kept/a.csv"
    assert lake.mark() == []


def test_a_prefix_that_comes_back_is_restored(lake: Lake) -> None:
    lake.describe("kept/", "lost/")
    before = lake.double.entities(SERVICES)
    lake.remove("lost/")
    lake.mark()
    lake.describe("lost/")
    assert lake.live() == set(before)
    assert len(lake.double.tables()) == 2
    assert lake.mark() == []


def test_a_prefix_that_is_there_at_the_second_look_stays(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.describe("kept/", "slow/")
    lake.remove("slow/")
    monkeypatch.setattr(
        "steps.catalog.gone.time.sleep",
        lambda _: lake.store.put("slow/a.csv", "id\n1\n", lake.bucket),
    )
    assert lake.mark() == []
    assert len(lake.live()) == 2


def test_only_what_is_gone_at_the_second_look_is_reported(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.describe("kept/", "lost/", "slow/")
    lake.remove("lost/", "slow/")
    monkeypatch.setattr(
        "steps.catalog.gone.time.sleep",
        lambda _: lake.store.put("slow/a.csv", "id\n1\n", lake.bucket),
    )
    (remark,) = lake.mark(share=1)
    assert remark.startswith("1 of 3 services in OpenMetadata are of a prefix")
    assert remark.endswith(f"now: {datalake_service('lost/')}.")


@pytest.mark.parametrize(
    ("known", "lost", "share", "allowed"),
    [
        (1, 1, 0.2, True),
        (1, 1, 0, False),
        (2, 1, 0.2, True),
        (2, 2, 0.2, False),
        (5, 1, 0.2, True),
        (5, 2, 0.2, False),
        (6, 2, 0.2, True),
        (5, 2, 0.4, True),
        (3, 3, 1, True),
    ],
)
def test_a_run_marks_no_more_than_its_share(
    lake: Lake, known: int, lost: int, share: float, allowed: bool
) -> None:
    prefixes = [f"p{number}/" for number in range(known)]
    lake.describe(*prefixes)
    lake.remove(*prefixes[:lost])
    if allowed:
        lake.mark(share)
        assert len(lake.live()) == known - lost
        return
    with pytest.raises(BadDataError, match="largest_gone_share=1"):
        lake.mark(share)
    assert len(lake.live()) == known


def test_a_dry_run_names_what_would_be_marked_and_marks_nothing(
    lake: Lake,
) -> None:
    lake.describe("kept/", "lost/")
    lake.remove("lost/")
    (remark,) = lake.mark(dry_run=True)
    assert f"would be marked as deleted: {datalake_service('lost/')}" in remark
    assert len(lake.live()) == 2


def test_a_dry_run_names_what_would_be_too_much(lake: Lake) -> None:
    lake.describe("a/", "b/")
    lake.remove("a/", "b/")
    (remark,) = lake.mark(dry_run=True)
    assert "2 of 2" in remark
    assert "a run may mark 1 of them" in remark


def test_services_of_another_bucket_are_never_touched(
    make_lake: Callable[[], Lake],
) -> None:
    other = make_lake()
    other.describe("theirs/")
    lake = make_lake()
    lake.describe("ours/")
    assert lake.mark(1) == []
    assert len(lake.live()) == 2


@pytest.mark.parametrize(
    "description", ["", "Made by hand.", "Made by moderate-workflows from x."]
)
def test_a_service_without_this_sources_signature_is_never_touched(
    lake: Lake, description: str
) -> None:
    lake.describe("kept/", "lost/")
    change_descriptions(lake, description)
    lake.remove("kept/", "lost/")
    assert lake.mark(1) == []
    assert len(lake.live()) == 2


def test_a_service_without_a_pipeline_is_never_touched(lake: Lake) -> None:
    service = datalake_service("by-hand/")
    with lake.seeding.client() as client:
        client.put(
            SERVICES, json={"name": service, "serviceType": "Datalake"}
        ).raise_for_status()
    assert lake.mark(1) == []
    assert lake.live() == {service}


def test_a_persons_description_of_a_pipeline_is_not_overwritten(
    lake: Lake,
) -> None:
    lake.describe("kept/")
    change_descriptions(lake, "Keep this.")
    lake.describe("kept/")
    (pipeline,) = lake.double.entities(PIPELINES).values()
    assert pipeline["description"] == "Keep this."


def test_a_source_that_has_moved_signs_anew(lake: Lake) -> None:
    lake.describe("kept/")
    change_descriptions(lake, "Made by moderate-workflows from elsewhere.")
    lake.describe("kept/")
    lake.remove("kept/")
    lake.mark()
    assert lake.live() == set()


def change_descriptions(lake: Lake, description: str) -> None:
    """Changes the description of each ingestion pipeline."""
    patch = [{"op": "add", "path": "/description", "value": description}]
    with lake.seeding.client() as client:
        for one in lake.double.entities(PIPELINES).values():
            client.patch(
                f"{PIPELINES}/{one['id']}", json=patch
            ).raise_for_status()


def test_a_server_that_does_not_mark_is_noticed(lake: Lake) -> None:
    lake.describe("lost/")
    lake.remove("lost/")
    lake.double.lose_writes(SERVICES)
    with pytest.raises(TemporaryError, match="still has platform-datalake"):
        lake.mark()


def test_a_service_whose_pipeline_cannot_be_signed_is_described_all_the_same(
    lake: Lake,
) -> None:
    lake.double.lose_writes(PIPELINES)
    lake.store.put("kept/a.csv", "id\n1\n", lake.bucket)
    line = lake.seeding.ingest("kept/")
    assert (line.outcome, line.warnings) == (Outcome.DONE, 1)


def test_an_account_that_may_not_delete_is_reported_and_stops_nothing(
    lake: Lake,
) -> None:
    lake.describe("kept/", "lost/")
    lake.remove("lost/")
    lake.double.fail(Fault(FaultKind.STATUS, status=403, matching="DELETE"))
    found = discover_items(
        inputs(), lake.seeding.source, lake.seeding.settings
    )
    assert "No service is marked as deleted: OpenMetadata answered 403" in (
        found.remarks
    )
    assert len(found.batches) == 1


def test_a_source_that_does_not_answer_marks_nothing(lake: Lake) -> None:
    lake.describe("kept/", "lost/")
    source = DatalakeSource(
        lake.store.settings.model_copy(update={"s3_bucket_name": "nowhere"})
    )
    with pytest.raises(BadSettingsError, match="no such bucket"):
        discover_items(inputs(), source, lake.seeding.settings)
    assert len(lake.live()) == 2


@pytest.mark.parametrize(
    "changes",
    [{"include": ["kept/"]}, {"work": "profiler"}, {"dry_run": True}],
    ids=["some items", "profiles alone", "dry run"],
)
def test_a_run_that_is_not_about_all_items_marks_nothing(
    lake: Lake, changes: dict[str, object]
) -> None:
    lake.describe("kept/", "lost/")
    lake.remove("lost/")
    discover_items(
        inputs(**changes), lake.seeding.source, lake.seeding.settings
    )
    assert len(lake.live()) == 2
    found = discover_items(
        inputs(), lake.seeding.source, lake.seeding.settings
    )
    assert "marked as deleted now" in found.remarks
    assert len(lake.live()) == 1


def inputs(**changes: object) -> DiscoverInputs:
    """Makes the inputs of the first step."""
    return DiscoverInputs.model_validate(
        {
            "items_at_a_time": 1,
            "batch_size": 1,
            "dry_run": False,
            **changes,
        }
    )


def test_a_dropped_database_is_marked_and_an_ignored_one_is_not(
    database_server: ServedDatabases,
    catalog_server: ServedOpenMetadata,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment = dict(database_server.environment)
    kept, lost = (f"{name}_{uuid.uuid4().hex[:8]}" for name in ("k", "l"))
    settings = OpenMetadataSettings.of(catalog_server.environment)
    source = PostgresSource(database_server.settings)
    seeding = Seeding(settings, source)
    monkeypatch.setattr(framework, "run_metadata", seeding.describe)
    for name in (kept, lost):
        create_database(environment, name)
        seeding.ingest(name)
    with connected(environment) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE {}").format(sql.Identifier(lost))
        )
    discover_items(inputs(ignore=[".*"]), source, settings)
    services = catalog_server.double.entities(SERVICES)
    assert services[postgres_service(lost)]["deleted"]
    assert not services[postgres_service(kept)]["deleted"]


@pytest.mark.timeout(SLOWEST_RUN_SECONDS)
def test_runs_follow_a_prefix_that_goes_and_comes_back(
    ingestion: Ingestion, s3: ServedStore
) -> None:
    bucket = f"gone-{uuid.uuid4().hex}"
    s3.store._client.create_bucket(Bucket=bucket)
    ingestion.double.reset()
    live = []
    for change in (
        lambda: s3.put("kept/a.csv", "id\n1\n", bucket),
        lambda: s3.put("other/a.csv", "id\n1\n", bucket),
        lambda: s3.store._client.delete_object(
            Bucket=bucket, Key="other/a.csv"
        ),
        lambda: s3.put("other/a.csv", "id\n1\n", bucket),
    ):
        change()
        ingestion.run(
            "datalake-ingestion", {"S3_BUCKET_NAME": bucket}, work="metadata"
        )
        live.append(
            sorted(one["name"] for one in ingestion.double.tables().values())
        )
    both = ["kept/a.csv", "other/a.csv"]
    assert live == [["kept/a.csv"], both, ["kept/a.csv"], both]
