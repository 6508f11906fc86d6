"""A dry run shows the configurations without credentials, and no more."""

import json
import logging

import pytest
from pydantic import SecretStr

from steps.catalog.batch import ingest_batch
from steps.catalog.postgres import PostgresSource
from steps.catalog.ranges import Range
from steps.catalog.report import Outcome, Report
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.batches import BatchReport
from tests.catalog.seeding import dry_run_inputs
from tests.conftest import ServedDatabases

TOKEN = "t0ken"
UNREACHABLE = OpenMetadataSettings(
    open_metadata_host="unreachable.example.org",
    open_metadata_token=SecretStr(TOKEN),
)


def dry_run(
    database_server: ServedDatabases, count: int = 1
) -> tuple[Report, BatchReport]:
    """Show what would be done with the server's own database."""
    batch = Range(
        first="postgres", last="postgres", count=count, report_bytes=10_000
    )
    inputs = dry_run_inputs(batch, number=4, slot=1)
    source = PostgresSource(database_server.settings)
    outputs = ingest_batch(
        inputs, source, UNREACHABLE, database_server.settings
    )
    return Report.model_validate_json(outputs.report), outputs


def test_items_are_shown_without_a_server(
    database_server: ServedDatabases,
) -> None:
    report, outputs = dry_run(database_server)
    assert (report.shown, report.done, report.failed) == (1, 0, 0)
    assert (report.lines[0].outcome, outputs.number) == (Outcome.SHOWN, 4)


def test_the_configurations_are_logged(
    database_server: ServedDatabases, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    dry_run(database_server)
    shown = [
        json.loads(message.partition(":\n")[2])
        for message in caplog.messages
        if ":\n" in message
    ]
    service = "platform-postgres-postgres"
    assert [one["source"]["serviceName"] for one in shown] == [service] * 3


def test_a_server_that_does_not_answer_keeps_nothing_from_being_shown(
    database_server: ServedDatabases, caplog: pytest.LogCaptureFixture
) -> None:
    dry_run(database_server)
    assert "it is not known what would be marked as deleted" in caplog.text


def test_no_credential_is_logged(
    database_server: ServedDatabases, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dry_run(database_server)
    settings = database_server.settings
    for secret in (TOKEN, settings.postgres_password.get_secret_value()):
        assert secret not in caplog.text


def test_items_that_are_gone_are_reported(
    database_server: ServedDatabases,
) -> None:
    report, _ = dry_run(database_server, count=3)
    assert report.failed == 1
    assert "2 of 3 were dropped" in report.lines[0].error
