"""The framework's configurations of databases and prefixes."""

import re
from typing import Any

import pytest
from pydantic import SecretStr

from steps.catalog.configuration import (
    Configurations,
    configurations,
    masked,
    secrets_in,
)
from steps.catalog.datalake import DatalakeSource
from steps.catalog.names import entity_name, quoted
from steps.catalog.postgres import PostgresSource
from steps.clients.object_store import BucketSettings
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.postgres_settings import PostgresSettings
from tests.hostile import hostile

SECRETS = ["k3y-1d", "p4ss/w+rd", "s3cr3t", "t0ken"]
SERVER = OpenMetadataSettings(
    open_metadata_host="catalog.example.org",
    open_metadata_port=443,
    open_metadata_token=SecretStr("t0ken"),
)
POSTGRES = PostgresSource(
    PostgresSettings(
        postgres_host="db.example.org",
        postgres_port=5433,
        postgres_username="workflows",
        postgres_password=SecretStr("p4ss/w+rd"),
    )
)
DATALAKE = DatalakeSource(
    BucketSettings.of(
        {
            "S3_ACCESS_KEY_ID": "k3y-1d",
            "S3_SECRET_ACCESS_KEY": "s3cr3t",
            "S3_REGION": "europe-west1",
            "S3_ENDPOINT_URL": "https://storage.example.org",
            "S3_BUCKET_NAME": "moderate.data",
        },
    )
)


def plan_of(
    name: str,
    source: PostgresSource | DatalakeSource = POSTGRES,
    rows: int = 0,
) -> Configurations:
    """Build the configurations of an item."""
    return configurations(
        source, name, SERVER, profile_sample=rows, log_level="INFO"
    )


def connection(configuration: dict[str, Any]) -> dict[str, Any]:
    """Return the connection to the source."""
    found: dict[str, Any] = configuration["source"]["serviceConnection"]
    return dict(found["config"])


def options(configuration: dict[str, Any]) -> dict[str, Any]:
    """Return the options of the workflow."""
    return dict(configuration["source"]["sourceConfig"]["config"])


def test_a_database_is_reached_with_basic_authentication() -> None:
    config = connection(plan_of("stock").metadata)
    kept = {
        key: config[key]
        for key in ("type", "authType", "ingestAllDatabases", "hostPort")
    }
    assert kept == {
        "type": "Postgres",
        "authType": {"password": "p4ss/w+rd"},
        "ingestAllDatabases": False,
        "hostPort": "db.example.org:5433",
    }


@hostile
def test_a_database_is_named_by_an_argument_of_the_connection(
    hostile: str,
) -> None:
    config = connection(plan_of(hostile).metadata)
    assert config["connectionArguments"]["dbname"] == hostile


def test_a_locked_table_is_not_waited_for_without_end() -> None:
    arguments = connection(plan_of("stock").profiler)["connectionArguments"]
    assert "lock_timeout" in arguments["options"]


def test_the_data_lake_is_reached_at_its_endpoint() -> None:
    config = connection(plan_of("jane/", DATALAKE).metadata)
    assert config["configSource"]["securityConfig"] == {
        "awsAccessKeyId": "k3y-1d",
        "awsSecretAccessKey": "s3cr3t",
        "awsRegion": "europe-west1",
        "endPointURL": "https://storage.example.org/",
    }
    assert (config["type"], config["bucketName"]) == (
        "Datalake",
        "moderate.data",
    )


@pytest.mark.parametrize("source", [POSTGRES, DATALAKE])
def test_tables_and_views_are_described_and_marked_by_the_item_alone(
    source: PostgresSource | DatalakeSource,
) -> None:
    config = options(plan_of("x/", source).metadata)
    names = ("markDeletedTables", "includeTables", "includeViews")
    assert [config[name] for name in names] == [False, True, True]


@pytest.mark.parametrize("source", [POSTGRES, DATALAKE])
def test_nothing_runs_that_writes_names_into_queries(
    source: PostgresSource | DatalakeSource,
) -> None:
    config = options(plan_of("x/", source).metadata)
    names = ("includeTags", "includeStoredProcedures")
    assert [config[name] for name in names] == [False, False]


def test_profiles_are_made_by_the_orm_profiler() -> None:
    assert plan_of("stock").profiler["processor"]["type"] == "orm-profiler"


def test_samples_are_stored_and_not_searched_for_personal_data() -> None:
    config = options(plan_of("stock").samples)
    assert config["storeSampleData"]
    assert not config["enableAutoClassification"]


def test_a_profile_reads_all_rows_or_a_sample() -> None:
    assert "profileSampleConfig" not in options(plan_of("stock").profiler)
    sample = options(plan_of("x/", DATALAKE, 5000).profiler)
    assert sample["profileSampleConfig"]["config"] == {
        "profileSample": 5000,
        "profileSampleType": "ROWS",
    }


@pytest.mark.parametrize("overwrite", [False, True])
def test_the_source_overwrites_descriptions_where_it_is_asked_to(
    overwrite: bool,
) -> None:
    plan = configurations(
        POSTGRES,
        "stock",
        SERVER,
        profile_sample=0,
        log_level="INFO",
        overwrite_descriptions=overwrite,
    )
    assert options(plan.metadata)["overrideMetadata"] is overwrite


def test_pipelines_belong_to_the_service() -> None:
    plan = plan_of("stock")
    assert (
        plan.metadata["ingestionPipelineFQN"],
        plan.profiler["ingestionPipelineFQN"],
    ) == (
        "platform-postgres-stock.metadata",
        "platform-postgres-stock.profiler",
    )


def test_the_server_is_not_given_the_credentials_of_the_source() -> None:
    config = plan_of("stock").metadata["workflowConfig"]
    server = config["openMetadataServerConfig"]
    assert server["storeServiceConnection"] is False
    assert server["hostPort"] == "https://catalog.example.org:443/api"


def full_name(prefix: str, key: str) -> str:
    """Return a table's fully qualified name."""
    table = quoted(entity_name(key))
    return f'{DATALAKE.service(prefix)}.default."moderate.data".{table}'


@hostile
def test_the_filter_takes_the_tables_of_its_prefix(hostile: str) -> None:
    prefix = f"{hostile}/"
    filters = options(plan_of(prefix, DATALAKE).profiler)
    patterns = filters["tableFilterPattern"]["includes"]
    assert filters["useFqnForFiltering"]
    for key in (f"{prefix}a.csv", f"{prefix}b"):
        name = full_name(prefix, key)
        assert any(re.match(pattern, name) for pattern in patterns)


@hostile
def test_the_filter_leaves_other_tables_out(hostile: str) -> None:
    prefix = f"{hostile}/"
    config = options(plan_of(prefix, DATALAKE).profiler)
    patterns = config["tableFilterPattern"]["includes"]
    for key in (f"x{prefix}a.csv", "a.csv", f"{hostile}.csv"):
        name = full_name(prefix, key)
        assert not any(re.match(pattern, name) for pattern in patterns)


def test_all_credentials_are_known_as_such() -> None:
    every = {
        *secrets_in(plan_of("stock")),
        *secrets_in(plan_of("x/", DATALAKE)),
    }
    assert sorted(every) == SECRETS


def test_masked_configurations_hold_no_credential() -> None:
    for plan in (plan_of("stock"), plan_of("x/", DATALAKE)):
        text = str([masked(one) for one in vars(plan).values()])
        assert not any(secret in text for secret in SECRETS)


def test_masked_configurations_are_otherwise_the_same() -> None:
    plan = plan_of("stock").metadata
    assert str(masked(plan)).replace("***", "t0ken", 1).count("***") == 1
    assert masked(plan)["source"]["serviceName"] == "platform-postgres-stock"
