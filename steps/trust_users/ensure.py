"""Ensures that each user of a batch has a DID."""

from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.batches import BatchReport
from steps.contract.step import Retry, step
from steps.trust.inputs import USERS, TrustBatchInputs

DEADLINE_SECONDS = 90 * 60


@step(
    "trust-users-ensure",
    deadline_seconds=DEADLINE_SECONDS,
    retry=Retry(limit=2, pause_seconds=30),
)
def ensure_dids(
    inputs: TrustBatchInputs,
    api: PlatformApiSettings,
    postgres: PostgresSettings,
) -> BatchReport:
    """Ensures that each user of a batch has a DID.

    Args:
        inputs: The batch.
        api: The Platform API.
        postgres: Where the state is.

    Returns:
        The outcome of each user.

    Raises:
        ModerateError: The state could not be read or written.
    """
    from steps.clients.platform_api import PlatformApi
    from steps.state.state import State
    from steps.trust.batch import run_batch
    from steps.trust.questions import DidQuestion
    from steps.trust.reconciler import Reconciler, Times

    times = Times(inputs.task_seconds, inputs.lease_seconds)
    with PlatformApi(api) as platform, State(postgres, USERS) as users:
        dids = Reconciler(
            users, DidQuestion(platform), times, settle=users.done
        )
        return run_batch(inputs, dids.ensure)
