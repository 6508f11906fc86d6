"""Starts the jobs whose message was lost with the broker's memory.

The platform's messages are not persistent: what waits in the queue while the
broker restarts is gone. A job is resubmitted although its workflow may
be waiting or running: the second workflow waits for the first, sees that the
job has its results, and ends.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from steps.clients.event_webhook_settings import WebhookSettings
from steps.clients.object_store import BucketSettings
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.metrics import Gauge
from steps.contract.step import step
from steps.matrix_profile_catch_up.inputs import CatchUpInputs


class CatchUpOutputs(BaseModel):
    """What was found.

    Attributes:
        resubmitted: The jobs that were resubmitted.
        open: How many jobs are not finished.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    resubmitted: list[int]
    open: Annotated[int, Gauge("Matrix profile jobs without results.")]


@step("matrix-profile-catch-up", deadline_seconds=900)
def catch_up(
    inputs: CatchUpInputs,
    s3: BucketSettings,
    api: PlatformApiSettings,
    webhook: WebhookSettings,
    postgres: PostgresSettings,
) -> CatchUpOutputs:
    """Resubmits jobs that were created a while ago and are unfinished.

    Args:
        inputs: When a job counts as lost.
        s3: The platform's buckets.
        api: The Platform API.
        webhook: Where messages go.
        postgres: The server that keeps the state.

    Returns:
        What was found.

    Raises:
        ModerateError: A service failed; what was done until then is kept.
    """
    from steps.clients.event_webhook import EventWebhook
    from steps.clients.platform_api import PlatformApi
    from steps.matrix_profile_catch_up.search import Search
    from steps.matrix_profile_catch_up.state import (
        NAMESPACE,
        load_state,
        save_state,
    )
    from steps.state.state import State

    with (
        State(postgres, NAMESPACE) as kept,
        PlatformApi(api) as platform,
        EventWebhook(webhook) as events,
    ):
        state = load_state(kept)
        search = Search(inputs, s3, state, platform, events)
        try:
            search.run()
        finally:
            save_state(kept, state)
    return CatchUpOutputs(resubmitted=search.resubmitted, open=len(state.open))
