"""A platform, a webhook and a state of its own for each test."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from local_services.object_store import BUCKET
from local_services.platform_api import (
    PlatformApiDouble,
    PlatformJob,
    platform_api,
)
from steps.clients.event_webhook_settings import WebhookSettings
from steps.clients.object_store import BucketSettings
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.matrix_profile_catch_up.catch_up import (
    CatchUpOutputs,
    catch_up,
)
from steps.matrix_profile_catch_up.inputs import CatchUpInputs
from steps.matrix_profile_catch_up.state import (
    KEY,
    NAMESPACE,
    CatchUpState,
    load_state,
)
from steps.state.state import State
from tests.conftest import ServedDatabases, ServedStore
from tests.relay.recorder import TOKEN, Recorder, recorder

OLD = timedelta(hours=1)
INPUTS = CatchUpInputs()


@dataclass(frozen=True)
class World:
    """Everything that the catch-up deals with.

    Attributes:
        platform: The platform.
        webhook: The webhook.
        s3: The object store's settings.
        api: The platform's settings.
        postgres: The settings of the server that keeps the state.
        values: The catch-up's state.
    """

    platform: PlatformApiDouble
    webhook: Recorder
    s3: BucketSettings
    api: PlatformApiSettings
    postgres: PostgresSettings
    values: State

    def job(
        self,
        age: timedelta = OLD,
        column: str = "consumption",
        key: str | None = "jane-assets/a.csv",
    ) -> PlatformJob:
        """Create a job of some age, with its asset object."""
        stored = self.platform.add_object(key, BUCKET)
        job = self.platform.add_job(
            uploaded_s3_object_id=stored.id, analysis_variable=column
        )
        job.created_at = datetime.now(UTC) - age
        return job

    def catch_up(self, inputs: CatchUpInputs = INPUTS) -> CatchUpOutputs:
        """Run the step."""
        webhook = WebhookSettings.of(
            {
                "MATRIX_PROFILE_WEBHOOK_URL": self.webhook.url,
                "WEBHOOK_TOKEN": TOKEN,
            },
        )
        done: CatchUpOutputs = catch_up(
            inputs,
            s3=self.s3,
            api=self.api,
            webhook=webhook,
            postgres=self.postgres,
        )
        return done

    @property
    def messages(self) -> list[dict[str, object]]:
        """The messages that were posted."""
        return [json.loads(text) for text in self.webhook.messages]

    @property
    def state(self) -> CatchUpState:
        """The state for the next run."""
        return load_state(self.values)


@pytest.fixture
def world(
    s3: ServedStore, database_server: ServedDatabases
) -> Iterator[World]:
    """An empty world."""
    double = PlatformApiDouble()
    postgres = database_server.settings
    with (
        State(postgres, NAMESPACE) as values,
        platform_api(double) as environment,
        recorder() as webhook,
    ):
        values.remove(KEY)
        api = PlatformApiSettings.of(environment)
        yield World(double, webhook, s3.settings, api, postgres, values)
