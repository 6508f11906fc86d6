"""Sees to it that each user of a portion has a DID."""

from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.portions import PortionReport
from steps.contract.step import Retry, step
from steps.trust.inputs import USERS, TrustPortionInputs

DEADLINE_SECONDS = 90 * 60


@step(
    "trust-users-ensure",
    deadline_seconds=DEADLINE_SECONDS,
    retry=Retry(limit=2, pause_seconds=30),
)
def ensure_dids(
    inputs: TrustPortionInputs,
    api: PlatformApiSettings,
    postgres: PostgresSettings,
) -> PortionReport:
    """Sees to it that each user of a portion has a DID.

    Args:
        inputs: The portion.
        api: The Platform API.
        postgres: Where the state is.

    Returns:
        What has come of each user.

    Raises:
        ModerateError: The state could not be read or written.
    """
    from steps.clients.platform_api import PlatformApi  # noqa: PLC0415
    from steps.state.state import State  # noqa: PLC0415
    from steps.trust.ensuring import Ensurer, Times  # noqa: PLC0415
    from steps.trust.portion import run_portion  # noqa: PLC0415
    from steps.trust.questions import DidQuestion  # noqa: PLC0415

    times = Times(inputs.task_seconds, inputs.lease_seconds)
    with PlatformApi(api) as platform, State(postgres, USERS) as users:
        dids = Ensurer(
            users, DidQuestion(platform), times, remember=users.done
        )
        return run_portion(inputs, dids.ensure)
