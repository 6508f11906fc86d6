"""Measures how a run of ``trust-users`` finds 3 new among 100,000 users.

The step is a process of its own, as in a pod, with a Keycloak and a
PostgreSQL on this machine::

    python -m bench.trust_discover
"""

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.processes import Run, measure
from local_services.keycloak import CROWD_REALM, keycloak
from local_services.postgres import postgres
from steps.clients.postgres_settings import PostgresSettings
from steps.state.server import connect
from steps.state.state import STATE_DATABASE, State
from steps.trust.inputs import USERS

CROWD = 100_000
NEW = 3
ROUNDS = 3
FINISH = """
INSERT INTO state.item (namespace, key, done_at)
SELECT %s, 'user-' || lpad(x::text, 6, '0') || '@example.org',
    clock_timestamp()
FROM generate_series(1, %s) AS x
"""
READABLE_BY_ALL = 0o755


def main() -> None:
    """Prints what each discovery took."""
    with tempfile.TemporaryDirectory(prefix="bench-trust-") as temporary:
        folder = Path(temporary)
        folder.chmod(READABLE_BY_ALL)
        database = folder / "postgres"
        database.mkdir()
        with (
            keycloak(folder / "keycloak", crowd=CROWD) as users,
            postgres(database) as state,
        ):
            _finish_all_but_new(state)
            settings = {
                **users,
                **state,
                "KEYCLOAK_MAIN_REALM_NAME": CROWD_REALM,
            }
            outputs = folder / "outputs"
            runs = [_discover(settings, outputs) for _ in range(ROUNDS)]
            found = {
                name: json.loads((outputs / name).read_text("utf-8"))
                for name in ("seen", "done", "due")
            }
    Console().print(_table(runs, found))


def _finish_all_but_new(settings: Mapping[str, str]) -> None:
    state = PostgresSettings.of(settings)
    with State(state, USERS) as opened:
        opened.statuses([])
    with connect(state, STATE_DATABASE) as connection:
        connection.execute(FINISH, [USERS, CROWD - NEW])


def _discover(settings: Mapping[str, str], outputs: Path) -> Run:
    return measure(
        [sys.executable, "-m", "steps", "trust-users-discover"],
        {**settings, "STEP_OUTPUTS_DIR": str(outputs)},
    )


def _table(runs: list[Run], found: Mapping[str, int]) -> Table:
    table = Table(
        title=f"Finding {found['due']} new among {found['seen']:,} users"
    )
    for column in ("", "wall s", "CPU s", "MiB"):
        table.add_column(column, justify="left" if not column else "right")
    for turn, run in enumerate(runs, start=1):
        table.add_row(f"{turn}", *run.cells())
    return table


if __name__ == "__main__":
    main()
