"""A profile that holds is kept, and everything else is made anew."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from steps.catalog.changes import NAMESPACE, Change, Changes, ProfiledTable
from steps.catalog.configuration import configurations
from steps.catalog.server import Stored
from steps.catalog.source import Connection, Fingerprints, TableName
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.errors import BadSettingsError, TemporaryError
from steps.state.state import State
from tests.conftest import ServedDatabases

UNREACHABLE = OpenMetadataSettings(
    open_metadata_host="unreachable.example.org",
    open_metadata_token=SecretStr("t0ken"),
)
NAME = "stock"
A, B = TableName("public", "a"), TableName("public", 'b "x"')


@dataclass
class Place:
    """A source, its server, and how a run is started."""

    service_name: str
    state: PostgresSettings | BadSettingsError
    kind: str = "postgres"
    item: str = "item"
    marks: dict[TableName, str] = field(
        default_factory=lambda: {A: "a1", B: "b1"}
    )
    stored: dict[TableName, int] = field(
        default_factory=lambda: {A.stored(): 1000, B.stored(): 2000}
    )
    fault: Exception | None = None
    options: dict[str, bool] = field(default_factory=dict)
    rows: int = 0

    def service(self, name: str) -> str:
        """Names the service."""
        assert name == NAME
        return self.service_name

    def database(self, name: str) -> str:
        """Names the database."""
        return name

    def connection(self, name: str) -> Connection:
        """Describes no connection."""
        return Connection({"database": name})

    def fingerprints(self, name: str) -> Fingerprints:
        """Returns what was set up."""
        assert name == NAME
        if self.fault:
            raise self.fault
        return Fingerprints(self.item, self.marks)

    def tables(self, *_: str) -> dict[TableName, Stored]:
        """Lists the server's tables."""
        return {
            name: Stored(id=str(name), fqn=str(name)) for name in self.stored
        }

    def profiled_at(self, fqns: list[str]) -> dict[str, int]:
        """Reads the server's times."""
        times = {str(name): at for name, at in self.stored.items()}
        return {fqn: times[fqn] for fqn in fqns}

    def changes(self) -> Changes:
        """Starts a run."""
        source: Any = self
        made = Changes(source, UNREACHABLE, self.state, **self.options)
        made._server = source
        return made

    def compare(self) -> Change:
        """Compares, as a run does before it ingests."""
        source: Any = self
        plan = configurations(
            source,
            NAME,
            UNREACHABLE,
            profile_sample=self.rows,
            log_level="INFO",
        )
        return self.changes().since_last(NAME, plan)

    def record(self, *, described: bool = True) -> None:
        """Records that both tables were profiled."""
        profiled = [
            ProfiledTable(name=name, fqn=str(name), profiled_at=at)
            for name, at in self.stored.items()
        ]
        self.changes().record(
            NAME, self.compare(), profiled, described=described
        )


@pytest.fixture
def place(
    database_server: ServedDatabases, request: pytest.FixtureRequest
) -> Place:
    """An item that was never ingested."""
    return Place(request.node.name, database_server.settings)


def change(**values: object) -> Callable[[Place], None]:
    """Makes a change of a place."""

    def apply(place: Place) -> None:
        for name, value in values.items():
            setattr(place, name, value)

    return apply


def spoil(place: Place) -> None:
    """Writes what is no record."""
    assert isinstance(place.state, PostgresSettings)
    with State(place.state, NAMESPACE) as state:
        state.put(place.service_name, {"tables": 1})


BOTH = {A, B}
STORED = {A.stored(): 1000, B.stored(): 2000}


@pytest.mark.parametrize(
    ("changed", "current", "nothing"),
    [
        (change(), BOTH, True),
        (change(marks={A: "a2", B: "b1"}), {B}, False),
        (change(marks={A: "", B: "b1"}), {B}, False),
        (change(marks={A: "a1"}), {A}, False),
        (change(item="other"), BOTH, False),
        (change(stored={**STORED, A.stored(): 1001}), {B}, False),
        (change(stored={**STORED, A.stored(): 0}), {B}, False),
        (change(stored={B.stored(): 2000}), {B}, False),
        (change(stored={**STORED, TableName("s", "c"): 1}), BOTH, False),
        (change(stored={}), set(), False),
        (change(rows=5000), set(), False),
        (change(options={"every_table": True}), set(), False),
        (change(options={"every_item": True}), BOTH, False),
        (change(fault=TemporaryError("gone")), set(), False),
        (change(state=BadSettingsError("none")), set(), False),
        (spoil, set(), False),
    ],
    ids=[
        "nothing",
        "a table",
        "a table of which nothing is known",
        "a table that is gone",
        "the item",
        "another profile on the server",
        "no profile on the server",
        "no table on the server",
        "one more table on the server",
        "an empty server",
        "the size of samples",
        "every table is asked for",
        "every item is asked for",
        "a source that is gone",
        "no state",
        "a record that is none",
    ],
)
def test_only_what_has_not_changed_is_left_out(
    place: Place,
    changed: Callable[[Place], None],
    current: set[TableName],
    nothing: bool,
) -> None:
    place.record()
    changed(place)
    found = place.compare()
    assert set(found.current) == {str(name.stored()) for name in current}
    assert found.nothing is nothing


def test_what_was_never_profiled_is_profiled(place: Place) -> None:
    found = place.compare()
    assert (dict(found.current), found.nothing) == ({}, False)


def test_an_item_that_was_not_described_whole_is_described_again(
    place: Place,
) -> None:
    place.record(described=False)
    found = place.compare()
    assert (len(found.current), found.nothing) == (2, False)


@pytest.mark.parametrize("days", [8, -1])
def test_everything_is_profiled_after_a_week_or_when_the_clock_is_set_back(
    place: Place, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    place.record()
    then = time.time() + days * 24 * 60 * 60
    monkeypatch.setattr(time, "time", lambda: then)
    assert not place.compare().current


def test_a_table_that_changes_often_does_not_put_off_the_weekly_profile(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.record()
    now = time.time()
    for day in (4, 8):
        at = now + day * 24 * 60 * 60
        monkeypatch.setattr(time, "time", lambda at=at: at)
        place.marks = {A: f"a{day}", B: "b1"}
        found = place.compare()
        assert bool(found.current) is (day == 4)
        place.record()
