"""Items that fail, where the framework itself is not needed to see it."""

import pytest
from pydantic import SecretStr

from local_services.process import LOOPBACK, free_port
from steps.catalog import framework, runner
from steps.catalog.changes import Changes
from steps.catalog.configuration import configurations
from steps.catalog.postgres import PostgresSource
from steps.catalog.report import Line, Outcome
from steps.catalog.runner import Runner
from steps.clients import open_metadata
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import BadSettingsError, TemporaryError
from tests.conftest import ServedDatabases

SECONDS = 60
UNREACHABLE = OpenMetadataSettings(
    open_metadata_host="unreachable.example.org",
    open_metadata_token=SecretStr("t0ken"),
)


@pytest.fixture(autouse=True)
def _without_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is there, and a framework that is not."""
    monkeypatch.setattr(open_metadata, "check_server", lambda _: None)
    monkeypatch.setattr(framework, "load", lambda _: None)


def ingest(source: PostgresSource, *names: str) -> list[Line]:
    """Ingest databases, all of which fail before the framework is needed."""
    plans = [
        (
            name,
            configurations(
                source, name, UNREACHABLE, profile_sample=0, log_level="INFO"
            ),
        )
        for name in names
    ]
    without = BadSettingsError("There is no state here.")
    changes = Changes(source, UNREACHABLE, without)
    run = Runner(source, UNREACHABLE, "both", SECONDS, changes)
    return list(run.ingest(plans, verbose=False))


def test_an_item_that_fails_does_not_keep_the_next_one_back(
    database_server: ServedDatabases,
) -> None:
    lines = ingest(PostgresSource(database_server.settings), "gone", "lost")
    assert [(line.item, line.outcome) for line in lines] == [
        ("gone", Outcome.FAILED),
        ("lost", Outcome.FAILED),
    ]
    assert "does not exist" in lines[0].error


def test_a_source_that_is_gone_is_worth_another_try(
    database_server: ServedDatabases,
) -> None:
    elsewhere = database_server.settings.model_copy(
        update={"postgres_host": LOOPBACK, "postgres_port": free_port()}
    )
    with pytest.raises(TemporaryError, match="POSTGRES_HOST"):
        ingest(PostgresSource(elsewhere), "stock")


def test_an_item_has_the_time_that_is_left_and_no_more(
    database_server: ServedDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "DEADLINE_SECONDS", runner.RESERVE_SECONDS)
    (line,) = ingest(PostgresSource(database_server.settings), "stock")
    assert line.error == "was not reached: the batch's time is over"
