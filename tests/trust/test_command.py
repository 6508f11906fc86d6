"""``moderate trust``: what has failed, and its release."""

import json
from collections.abc import Mapping

import pytest
from typer.testing import CliRunner, Result

from moderate.cli import app
from steps.contract.errors import ModerateError
from steps.state.items import ItemStatus, RetryPolicy
from steps.state.state import State
from steps.trust.inputs import OBJECTS, USERS
from tests.conftest import ServedDatabases
from tests.trust.world import World

FULL = "the ledger is \x1b[31mfull\x07"
SHELL = "{{=1+1}} [red]ñ"
AT_ONCE = RetryPolicy(first_pause_seconds=0)


@pytest.fixture
def settings(database_server: ServedDatabases) -> Mapping[str, str]:
    """The settings that reach the state."""
    return database_server.environment


def fail(world: World, namespace: str, key: str, times: int = 1) -> None:
    """Let an item fail."""
    with State(world.postgres, namespace) as state:
        for number in range(times):
            retry_policy = RetryPolicy() if number == times - 1 else AT_ONCE
            (claim,) = state.claim([key], holder="pod", lease_seconds=60)
            state.failed(claim, FULL, retry_policy=retry_policy)


def trust(settings: Mapping[str, str], *arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["trust", *arguments], env=settings)


def test_nothing_has_failed(world: World, settings: Mapping[str, str]) -> None:
    assert world.status_of(USERS, "jane") is ItemStatus.DUE
    assert trust(settings, "failed").stdout == "Nothing has failed.\n"


def test_what_waits_and_what_is_set_aside_are_listed(
    world: World, settings: Mapping[str, str]
) -> None:
    fail(world, USERS, SHELL)
    fail(world, OBJECTS, "42", times=10)
    listed = json.loads(trust(settings, "failed", "--json").stdout)
    found = [(one["item"], one["state"], one["failures"]) for one in listed]
    assert found == [(SHELL, "waiting", 1), ("42", "set aside", 10)]


def test_the_table_has_the_reason_and_holds_no_control_characters(
    world: World, settings: Mapping[str, str]
) -> None:
    fail(world, USERS, SHELL)
    table = trust(settings, "failed").stdout
    assert SHELL in table
    assert "the ledger is \\x1b[31mfull\\x07" in table


def test_a_released_item_is_due(
    world: World, settings: Mapping[str, str]
) -> None:
    fail(world, USERS, SHELL, times=10)
    done = trust(settings, "release", SHELL)
    assert done.stdout == f"trust-users {SHELL!r}: released\n"
    assert world.status_of(USERS, SHELL) is ItemStatus.DUE


def test_everything_can_be_released_at_once(
    world: World, settings: Mapping[str, str]
) -> None:
    fail(world, USERS, "jane")
    fail(world, OBJECTS, "42", times=10)
    assert trust(settings, "release", "--all").exit_code == 0
    assert world.status_of(USERS, "jane") is ItemStatus.DUE
    assert world.status_of(OBJECTS, "42") is ItemStatus.DUE


def test_a_dry_run_releases_nothing(
    world: World, settings: Mapping[str, str]
) -> None:
    fail(world, USERS, "jane")
    done = trust(settings, "release", "--all", "--dry-run")
    assert done.stdout == "trust-users 'jane': would be released\n"
    assert world.status_of(USERS, "jane") is ItemStatus.WAITING


def test_an_item_that_has_not_failed_is_named_and_nothing_is_released(
    world: World, settings: Mapping[str, str]
) -> None:
    fail(world, USERS, "jane")
    done = trust(settings, "release", "jane", "joe")
    assert isinstance(done.exception, ModerateError)
    assert "'joe'" in str(done.exception)
    assert world.status_of(USERS, "jane") is ItemStatus.WAITING


@pytest.mark.parametrize("arguments", [[], ["jane", "--all"]])
def test_releasing_needs_names_or_all(
    settings: Mapping[str, str], arguments: list[str]
) -> None:
    done = trust(settings, "release", *arguments)
    assert "or give --all" in str(done.exception)
