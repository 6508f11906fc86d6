"""Everything from the platform's queue to the platform's jobs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_services.object_store import BUCKET, object_store
from local_services.platform_api import (
    PlatformApiDouble,
    PlatformJob,
    platform_api,
)
from local_services.postgres import postgres
from local_services.rabbitmq import rabbitmq
from local_services.waiting import wait_until
from tests.cluster.installation import (
    image_settings,
    rendered,
    service_secret,
    settings_objects,
)
from tests.cluster.kubernetes import (
    Namespace,
    Object,
    fresh_namespace,
    require_cluster,
)
from tests.matrix_profile.messages import message
from tests.relay.queue import Queue
from tests.relay.waiting import eventually
from tests.requirements import RABBITMQ, require

QUEUE = "matrix_profile"
TEMPLATE = "matrix-profile"
VARIABLE = "TemperatureC"
NAMES = (
    "moderate-workflows-*",
    "moderate-workflows.development",
    "dead-letter",
    "matrix-profile",
    "matrix-profile-relay",
    "matrix-profile-catch-up",
)
SELECTORS = (
    "eventbus-name=moderate-workflows",
    "eventsource-name=matrix-profile",
    "sensor-name=matrix-profile",
    "app.kubernetes.io/name=matrix-profile-relay",
)
START_SECONDS = 240
WARM_UP_SECONDS = 2
COMPLETED = "workflows.argoproj.io/completed"


@dataclass(frozen=True)
class Pipeline:
    """The pipeline with everything around it.

    Attributes:
        namespace: Where it runs.
        queue: The platform's queue.
        platform: The platform's state.
        asset_object: The asset object that jobs analyse.
        key: Its key.
    """

    namespace: Namespace
    queue: Queue
    platform: PlatformApiDouble
    asset_object: int
    key: str

    def add_job(self) -> PlatformJob:
        """Creates a job, as the platform does before it sends a message."""
        return self.platform.add_job(
            uploaded_s3_object_id=self.asset_object, analysis_variable=VARIABLE
        )

    def message(self, job: PlatformJob, **changes: object) -> str:
        """Writes the message of a job."""
        given = {
            "workflow_job_id": job.id,
            "analysis_variable": VARIABLE,
            "bucket": BUCKET,
            "key": self.key,
        }
        return message(**{**given, **changes})

    def workflows(self) -> Sequence[Object]:
        """Reads the Workflows of jobs."""
        return [
            item
            for item in self.namespace.get("workflows")["items"]
            if item["spec"]["workflowTemplateRef"]["name"] == TEMPLATE
        ]

    def has_ended(self) -> bool:
        """Returns whether the Workflows of all jobs have ended."""
        return all(
            item["metadata"].get("labels", {}).get(COMPLETED) == "true"
            for item in self.workflows()
        )


@contextmanager
def pipeline(
    folder: Path,
    objects: Sequence[Object],
    asset: Path,
    labels: Mapping[str, str],
) -> Iterator[Pipeline]:
    """Installs the pipeline in a namespace of its own.

    Args:
        folder: Where services keep what they have.
        objects: What is installed beside settings and Secrets.
        asset: The file that jobs analyse.
        labels: Further labels of the namespace.

    Yields:
        The pipeline, once a message has gone all the way.
    """
    host = require_cluster()
    require(RABBITMQ)
    double = PlatformApiDouble()
    with ExitStack() as stack:
        broker = stack.enter_context(rabbitmq(folder / "rabbitmq", host))
        s3 = stack.enter_context(object_store(folder / "s3", host=host))
        (folder / "s3" / "buckets" / BUCKET / asset.name).write_bytes(
            asset.read_bytes()
        )
        state = stack.enter_context(postgres(folder, host))
        api = stack.enter_context(platform_api(double, host=host))
        namespace = stack.enter_context(fresh_namespace())
        for name, value in labels.items():
            namespace.kubectl(
                "label", "namespace", namespace.name, f"{name}={value}"
            )
        values = {**_constants(), **s3, **state, **api}
        namespace.apply(
            [
                *settings_objects(values),
                service_secret("rabbitmq", broker.settings),
                *objects,
            ]
        )
        for selector in SELECTORS:
            namespace.await_pods(selector)
        stored = double.add_object(asset.name, BUCKET)
        made = Pipeline(
            namespace, Queue(broker, QUEUE), double, stored.id, asset.name
        )
        _await_event_chain(made)
        yield made


def rendered_objects() -> list[dict[str, Any]]:
    """Reads what the chart installs, but for settings and Secrets."""
    return rendered(*NAMES)


def _constants() -> Mapping[str, str]:
    return {
        **image_settings(),
        "WEBHOOK_TOKEN": "a-token-of-the-tests",
    }


def _await_event_chain(made: Pipeline) -> None:
    """Waits for the sensor, which starts at new events the first time."""
    job = made.add_job()

    def has_acted() -> bool:
        made.queue.publish(made.message(job))
        return bool(made.workflows())

    acted = wait_until(has_acted, START_SECONDS, WARM_UP_SECONDS)
    assert acted, "no message became a Workflow"
    eventually(lambda: job.reports and made.has_ended(), START_SECONDS)
