"""Many processes on one state, and processes that are killed."""

import signal
import uuid
from collections import Counter

from steps.state.items import ItemStatus
from steps.state.state import STATE_DATABASE, State
from tests.conftest import ServedDatabases
from tests.relay.waiting import eventually
from tests.state.processes import run_together, start

PODS = 8
INCREMENTS = 25
ITEMS = 100
INCREMENT = f"""
for _ in range({INCREMENTS}):
    state.update("counter", lambda value: (value or 0) + 1)
print("[]")
"""
PUT = f"""
for turn in range({INCREMENTS}):
    state.update("list", lambda value: [*(value or []), [number, turn]])
print("[]")
"""
CLAIM = f"""
import json
keys = [f"item-{{one}}" for one in range({ITEMS})]
if int(number) % 2:
    keys.reverse()
mine = []
while claims := state.claim(
    keys, holder=number, lease_seconds=600, limit=3
):
    mine += [claim.key for claim in claims]
    for claim in claims:
        assert state.done(claim)
print(json.dumps(mine))
"""
OPEN = """
state.put(f"pod-{number}", 1)
print("[]")
"""
HOLD_A_VALUE = """
def hold(value):
    print("held", flush=True)
    sys.stdin.read()
state.update("jane", hold)
"""
HOLD_A_CLAIM = """
state.claim(["jane"], holder="pod-1", lease_seconds=2)
print("held", flush=True)
sys.stdin.read()
"""


def test_no_update_of_many_pods_is_lost(
    database_server: ServedDatabases, state: State, namespace: str
) -> None:
    run_together(
        INCREMENT,
        database_server.environment,
        STATE_DATABASE,
        namespace,
        PODS,
    )
    assert state.get("counter") == PODS * INCREMENTS


def test_updates_of_many_pods_keep_what_the_others_wrote(
    database_server: ServedDatabases, state: State, namespace: str
) -> None:
    run_together(
        PUT, database_server.environment, STATE_DATABASE, namespace, PODS
    )
    kept = state.get("list")
    assert isinstance(kept, list)
    assert len({str(entry) for entry in kept}) == PODS * INCREMENTS


def test_many_pods_do_every_item_once(
    database_server: ServedDatabases, namespace: str
) -> None:
    done = run_together(
        CLAIM, database_server.environment, STATE_DATABASE, namespace, PODS
    )
    times = Counter(key for keys in done for key in keys)
    assert len(times) == ITEMS
    assert set(times.values()) == {1}


def test_pods_that_start_together_create_one_database(
    database_server: ServedDatabases, new_database: str
) -> None:
    run_together(
        OPEN, database_server.environment, new_database, "tests", PODS
    )
    with State(
        database_server.settings, "tests", database=new_database
    ) as state:
        assert len(state.values()) == PODS


def test_a_pod_killed_in_an_update_leaves_the_value_as_it_was(
    database_server: ServedDatabases, state: State, namespace: str
) -> None:
    state.put("jane", 1)
    pod = start(
        HOLD_A_VALUE, database_server.environment, STATE_DATABASE, namespace
    )
    assert pod.stdout
    assert pod.stdout.readline() == "held\n"
    pod.send_signal(signal.SIGKILL)
    pod.communicate()
    assert state.update("jane", lambda value: [value]) == [1]


def test_the_claim_of_a_killed_pod_frees_itself(
    database_server: ServedDatabases, state: State, namespace: str
) -> None:
    pod = start(
        HOLD_A_CLAIM, database_server.environment, STATE_DATABASE, namespace
    )
    assert pod.stdout
    assert pod.stdout.readline() == "held\n"
    pod.send_signal(signal.SIGKILL)
    pod.communicate()
    assert state.statuses(["jane"]) == {"jane": ItemStatus.CLAIMED}
    eventually(
        lambda: bool(state.claim(["jane"], holder="pod-2", lease_seconds=600))
    )


def test_a_state_survives_the_end_of_its_connection(
    state: State, elsewhere: State
) -> None:
    marker = str(uuid.uuid4())
    state.put("jane", marker)
    elsewhere._database.run(
        lambda connection: connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    )
    assert state.get("jane") == marker
