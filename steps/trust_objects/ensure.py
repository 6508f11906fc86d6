"""Ensures that each object of a batch has a proof."""

from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.batches import BatchReport
from steps.contract.step import Retry, step
from steps.trust.inputs import OBJECTS, USERS, TrustBatchInputs

DEADLINE_SECONDS = 90 * 60


@step(
    "trust-objects-ensure",
    deadline_seconds=DEADLINE_SECONDS,
    retry=Retry(limit=2, pause_seconds=30),
)
def ensure_proofs(
    inputs: TrustBatchInputs,
    api: PlatformApiSettings,
    postgres: PostgresSettings,
) -> BatchReport:
    """Ensures that each object has a proof, and its owner a DID.

    Args:
        inputs: The batch.
        api: The Platform API.
        postgres: Where the state is.

    Returns:
        The outcome of each object.

    Raises:
        ModerateError: The state could not be read or written.
    """
    from steps.clients.platform_api import PlatformApi
    from steps.state.state import State
    from steps.trust.batch import run_batch
    from steps.trust.questions import (
        DidQuestion,
        ProofQuestion,
    )
    from steps.trust.reconciler import Reconciler, Times
    from steps.trust_objects.owners import Owners
    from steps.trust_objects.proofs import Proofs

    times = Times(inputs.task_seconds, inputs.lease_seconds)
    with (
        PlatformApi(api) as platform,
        State(postgres, USERS) as users,
        State(postgres, OBJECTS) as objects,
    ):
        dids = Reconciler(
            users, DidQuestion(platform), times, settle=users.done
        )
        proofs = Reconciler(
            objects, ProofQuestion(platform), times, settle=objects.delete
        )
        owners = Owners(users, dids, inputs.task_seconds)
        return run_batch(inputs, Proofs(platform, owners, proofs).ensure)
