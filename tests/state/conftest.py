"""A state of a test's own, on a real PostgreSQL."""

import uuid
from collections.abc import Iterator

import pytest

from steps.state.state import State
from tests.conftest import ServedDatabases


@pytest.fixture
def namespace() -> str:
    """A namespace that no other test uses."""
    return f"tests-{uuid.uuid4()}"


@pytest.fixture
def state(database_server: ServedDatabases, namespace: str) -> Iterator[State]:
    """An empty state."""
    with State(database_server.settings, namespace) as opened:
        yield opened


@pytest.fixture
def other(database_server: ServedDatabases, namespace: str) -> Iterator[State]:
    """The same state on another connection, as another pod has it."""
    with State(database_server.settings, namespace) as opened:
        yield opened


@pytest.fixture
def new_database() -> str:
    """The name of a database that is not there."""
    return f"tests_{uuid.uuid4().hex}"


@pytest.fixture
def elsewhere(database_server: ServedDatabases) -> Iterator[State]:
    """Another namespace of the same database."""
    with State(database_server.settings, f"tests-{uuid.uuid4()}") as opened:
        yield opened
