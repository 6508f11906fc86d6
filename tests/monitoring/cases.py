"""What is scraped, and which alerts fire then."""

from monitoring.names import (
    DEPLOYMENT_AVAILABLE,
    ENTERED_PHASE,
    IS_LEADER,
    ITEMS_OF_LAST_RUN,
    LAST_DURATION,
    LAST_SUCCESS,
    RELAY_MESSAGES,
    RELAY_QUEUE,
    STATEFULSET_READY,
    STATEFULSET_REPLICAS,
    gauge_of,
)
from steps.matrix_profile_catch_up.catch_up import catch_up
from steps.trust_objects.discover import discover as discover_objects
from steps.trust_users.discover import discover as discover_users
from tests.monitoring.promtool import Case

USERS_FAILED = f'{ENTERED_PHASE}{{name="trust-users",phase="Failed"}}'
USERS_RESTARTED = (
    f'{ENTERED_PHASE}{{name="trust-users",phase="Failed",pod="new"}}'
)
JOBS_FAILED = f'{ENTERED_PHASE}{{name="matrix-profile",phase="Failed"}}'
JOBS_DONE = f'{ENTERED_PHASE}{{name="matrix-profile",phase="Succeeded"}}'
FOREIGN = f'{ENTERED_PHASE}{{name="of-somebody-else",phase="Failed"}}'
DEAD_LETTER = f'{ENTERED_PHASE}{{name="dead-letter",phase="New"}}'
CATCH_UP = f'{LAST_SUCCESS}{{workflow="matrix-profile-catch-up"}}'
GENOME = (
    f'{LAST_SUCCESS}{{workflow="dataset-from-git",dataset="genome_project"}}'
)
CATALOG_ITEMS = (
    f'{ITEMS_OF_LAST_RUN}{{workflow="postgres-ingestion",outcome="failed"}}'
)
PARTIAL_ITEMS = (
    f'{ITEMS_OF_LAST_RUN}{{workflow="datalake-ingestion",outcome="partial"}}'
)
SLOW = f'{LAST_DURATION}{{workflow="matrix-profile"}}'
QUEUE = f'{RELAY_QUEUE}{{queue="work",pod="a"}}'
DEAD_QUEUE = f'{RELAY_QUEUE}{{queue="dead",pod="a"}}'
KEPT = f'{RELAY_MESSAGES}{{outcome="kept",pod="a"}}'
GIVEN_UP = f'{RELAY_MESSAGES}{{outcome="given_up",pod="a"}}'
OPEN = gauge_of(catch_up, "open")
RELAY = f'{DEPLOYMENT_AVAILABLE}{{deployment="matrix-profile-relay"}}'
SENSOR = f'{DEPLOYMENT_AVAILABLE}{{deployment="trust-users-sensor-x7k2p"}}'
BUS = '{statefulset="eventbus-moderate-workflows-js"}'
CATCH_UP_NAME = "matrix-profile-catch-up"
CRON_CATCH_UP = {"cron": CATCH_UP_NAME}
OF_USERS = {"name": "trust-users"}
FAILED, SILENT, SUCCESS = (
    "ModerateWorkflowFailed",
    "ModerateControllerSilent",
    "ModerateWorkflowNotSucceeding",
)

CASES = (
    Case(
        FAILED,
        "the first failure ever",
        {USERS_FAILED: "_x10 1x60"},
        {9: [], 11: [OF_USERS], 40: []},
    ),
    Case(
        FAILED,
        "a further failure",
        {USERS_FAILED: "1x60 2x60"},
        {59: [], 62: [OF_USERS], 90: []},
    ),
    Case(
        FAILED,
        "the first failure after the controller has started again",
        {USERS_FAILED: "7x30 stale", USERS_RESTARTED: "_x40 1x60"},
        {39: [], 41: [OF_USERS], 70: []},
    ),
    Case(
        FAILED,
        "somebody else's workflow",
        {FOREIGN: "_x10 1x60"},
        {11: []},
    ),
    Case(
        "ModerateJobsFailing",
        "one job in ten",
        {JOBS_FAILED: "0+0.2x120", JOBS_DONE: "0+1.8x120"},
        {100: []},
    ),
    Case(
        "ModerateJobsFailing",
        "most jobs",
        {JOBS_FAILED: "0+0.2x120", JOBS_DONE: "0+0.1x120"},
        {100: [{}]},
    ),
    Case(
        "ModerateJobsFailing",
        "a single one, and no other has run",
        {JOBS_FAILED: "0x60 1x60", JOBS_DONE: "9x120"},
        {70: []},
    ),
    Case(
        SUCCESS,
        "successes stop",
        {CATCH_UP: "0+60x60 3600x100"},
        {60: [], 125: [], 140: [CRON_CATCH_UP]},
    ),
    Case(
        SUCCESS,
        "the controller starts again before the next success",
        {CATCH_UP: "0+60x60 stale"},
        {140: [CRON_CATCH_UP]},
    ),
    Case(
        SUCCESS,
        "one of two datasets stands still",
        {GENOME: "0x2400"},
        {11_400: [], 11_540: [{"cron": "dataset-from-git-genome-project"}]},
        "5m",
    ),
    Case(
        "ModerateWorkflowNotSeen",
        "a success was seen",
        {
            CATCH_UP: "0+60x400",
            f'{LAST_SUCCESS}{{workflow="trust-users"}}': "0x900",
        },
        {200: []},
    ),
    Case(
        "ModerateWorkflowNotSeen",
        "none is ever seen",
        {},
        {65: [], 72: [{**CRON_CATCH_UP, "workflow": CATCH_UP_NAME}]},
    ),
    Case(
        "ModerateWorkflowSlow",
        "a run takes more than half of what it may",
        {SLOW: "60x10 10801x10 60x10"},
        {9: [], 12: [{"workflow": "matrix-profile"}], 25: []},
    ),
    Case(
        "ModerateItemsFailed",
        "items fail, and the next run does them",
        {CATALOG_ITEMS: "0x10 3x30 0x60"},
        {30: [], 80: []},
    ),
    Case(
        "ModerateItemsFailed",
        "items fail, and no run does them",
        {CATALOG_ITEMS: "0x10 3x90"},
        {
            60: [],
            75: [{"workflow": "postgres-ingestion"}],
        },
    ),
    Case(
        "ModerateItemsFailed",
        "the controller starts again meanwhile",
        {
            f'{CATALOG_ITEMS[:-1]},pod="old"}}': "3x40 stale",
            f'{CATALOG_ITEMS[:-1]},pod="new"}}': "_x40 3x60",
        },
        {75: [{"workflow": "postgres-ingestion"}]},
    ),
    Case(
        "ModerateItemsPartial",
        "items lack parts, and no later run completes them",
        {PARTIAL_ITEMS: "0x10 3x90"},
        {60: [], 75: [{"workflow": "datalake-ingestion"}]},
    ),
    Case(
        "ModerateItemsPartial",
        "items fail entirely",
        {CATALOG_ITEMS: "3x90"},
        {75: []},
    ),
    Case(
        SILENT,
        "the controller is scraped",
        {IS_LEADER: "1x60"},
        {30: []},
    ),
    Case(SILENT, "no leader", {IS_LEADER: "0x60"}, {30: [{}]}),
    Case(SILENT, "nothing is scraped", {}, {14: [], 16: [{}]}),
    Case(
        "ModerateQueueGrowing",
        "a burst that is worked off",
        {QUEUE: "0x30 100-10x10 0x60"},
        {35: [], 60: []},
    ),
    Case(
        "ModerateQueueGrowing",
        "it fills for an hour, as both relays see",
        {QUEUE: "1+1x90", f'{RELAY_QUEUE}{{queue="work",pod="b"}}': "1+1x90"},
        {30: [], 60: [{}]},
    ),
    Case(
        "ModerateMessagesKept",
        "some fail for a quarter of an hour",
        {KEPT: "0x10 0+2x15 30x60"},
        {30: [], 45: [], 60: []},
    ),
    Case(
        "ModerateMessagesKept",
        "one fails for an hour",
        {KEPT: "0x10 0+2x60"},
        {25: [], 40: [{}]},
    ),
    Case(
        "ModerateMessagesGivenUp",
        "one is given up by a relay that has just started",
        {GIVEN_UP: "_x10 1x100"},
        {9: [], 11: [{"outcome": "given_up"}], 90: []},
    ),
    Case(
        "ModerateMessagesGivenUp",
        "messages are retried, and none is given up",
        {GIVEN_UP: "0x60", KEPT: "0+2x60"},
        {30: []},
    ),
    Case(
        "ModerateDeadMessages",
        "there is one",
        {DEAD_QUEUE: "0x10 1x10"},
        {9: [], 12: [{}]},
    ),
    Case(
        "ModerateJobsUnfinished",
        "more and more",
        {OPEN: "1+1x300"},
        {100: [], 200: [{}]},
    ),
    Case(
        "ModerateJobsUnfinished",
        "some, and not more",
        {OPEN: "3x300"},
        {200: []},
    ),
    Case(
        "ModerateDidsMissing",
        "each run is full for hours",
        {gauge_of(discover_users, "due"): "50x200"},
        {110: [], 125: [{}]},
    ),
    Case(
        "ModerateProofsMissing",
        "the runs get through",
        {gauge_of(discover_objects, "due"): "50x60 12x200"},
        {150: []},
    ),
    Case(
        "ModerateProofsMissing",
        "each run is full for hours",
        {gauge_of(discover_objects, "due"): "50x200"},
        {125: [{}]},
    ),
    Case(
        "ModerateTrustSetAside",
        "a proof is given up",
        {gauge_of(discover_objects, "set_aside"): "0x10 1x60"},
        {15: [], 30: [{"missing": "proofs"}]},
    ),
    Case(
        "ModerateDeadLetter",
        "the first one ever",
        {DEAD_LETTER: "_x10 1x200"},
        {9: [], 11: [{"name": "dead-letter"}], 90: []},
    ),
    Case(
        "ModerateRelayDown",
        "no relay is ready",
        {RELAY: "2x10 0x20"},
        {12: [], 20: [{"deployment": "matrix-profile-relay"}]},
    ),
    Case(
        "ModerateRelayDown",
        "one of two is ready",
        {RELAY: "1x60"},
        {30: []},
    ),
    Case(
        "ModerateEventsDown",
        "a Sensor is down",
        {SENSOR: "1x10 0x20"},
        {12: [], 20: [{"deployment": "trust-users-sensor-x7k2p"}]},
    ),
    Case(
        "ModerateEventBusDown",
        "one of three servers is left",
        {
            f"{STATEFULSET_READY}{BUS}": "3x10 1x20",
            f"{STATEFULSET_REPLICAS}{BUS}": "3x30",
        },
        {9: [], 20: [{"statefulset": "eventbus-moderate-workflows-js"}]},
    ),
    Case(
        "ModerateEventBusDown",
        "two of three servers are left",
        {
            f"{STATEFULSET_READY}{BUS}": "3x10 2x20",
            f"{STATEFULSET_REPLICAS}{BUS}": "3x30",
        },
        {20: []},
    ),
)
