"""The inputs and outputs of the trust pipelines' steps."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from steps.contract.batches import BatchInputs, Discovered
from steps.contract.metrics import Gauge

USERS = "trust-users"
OBJECTS = "trust-objects"
MOST_ITEMS = 500
# Each holds one of the platform's 15 database connections.
MOST_AT_A_TIME = 8
# The platform gives the ledger ten minutes for an entry.
LONGEST_TASK_SECONDS = 11 * 60
# A pod that takes over from a killed one asks again, but not while the killed
# one's task may still run.
LEASE_SECONDS = 15 * 60
BATCH_SECONDS = 40 * 60


class TrustDiscoverInputs(BaseModel):
    """How much a run may do: the ledger is slow under bursts.

    Attributes:
        limit: The most items of the run.
        at_a_time: The most items at the same time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = 50
    at_a_time: Annotated[int, Field(ge=1, le=MOST_AT_A_TIME)] = 4


class TrustDiscovered(Discovered):
    """What a run is going to do, and what it leaves out.

    Attributes:
        seen: How many items were looked at; the look ends where the run has
            enough to do.
        due: How many of them the run takes.
        done: How many are done.
        busy: How many another run works on.
        waiting: How many have failed and wait for their next try.
        set_aside: How many have failed too often.
        without_key: How many rows can never be tried: they have no key.
    """

    seen: int
    due: Annotated[
        int,
        Gauge("Items that lack what the run brings about, up to its limit."),
    ]
    done: int
    busy: int
    waiting: Annotated[
        int, Gauge("Items that have failed and wait for their next try.")
    ]
    set_aside: Annotated[
        int, Gauge("Items that have failed too often and wait for a person.")
    ]
    without_key: int = 0


class TrustBatch(BaseModel):
    """The items of a batch.

    Attributes:
        items: Their exact keys: usernames, or numbers of asset objects.
        report_bytes: How long the batch's report may be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: list[str]
    report_bytes: int


class TrustBatchInputs(BatchInputs):
    """The inputs of the step of a batch.

    Attributes:
        task_seconds: How long a task of the API's is waited for.
        lease_seconds: For how long no other pod works on an item when this
            pod is killed; longer than a task takes.
        batch_seconds: After how long no further item is begun.
    """

    task_seconds: float = LONGEST_TASK_SECONDS
    lease_seconds: float = LEASE_SECONDS
    batch_seconds: float = BATCH_SECONDS
