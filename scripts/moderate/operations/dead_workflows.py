"""Events that a sensor could start no workflow for, kept on the cluster."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from local_services.process import LOOPBACK
from moderate.operations.dead_letters import (
    DeadLetter,
    Place,
    Replay,
    beginning_of,
)
from moderate.operations.forwarding import Target, forwarded
from moderate.operations.kubernetes import Cluster
from moderate.operations.secrets import secret_value
from steps.clients.event_webhook import EventWebhook
from steps.clients.event_webhook_settings import WebhookSettings
from steps.contract.errors import BadDataError, ModerateError
from steps.contract.wire import decode
from steps.matrix_profile.message import job_id_of
from workflows.authoring.names import labels

NAME_LABEL = "app.kubernetes.io/name"
TEMPLATE = "dead-letter"
REPLAYED_LABEL = "moderate.eu/replayed"
REPLAYED_ANNOTATION = "moderate.eu/replayed-at"
DEPENDENCY = "event"
TOKEN_VARIABLE = "WEBHOOK_TOKEN"  # noqa: S105  (a name, not a token)
SERVICE = "{source}-eventsource-svc"


def dead_events(cluster: Cluster) -> list[DeadLetter]:
    """Lists the events that have not been replayed, the oldest first.

    Args:
        cluster: The installation's namespace.

    Returns:
        The events.

    Raises:
        ModerateError: The cluster refuses or is gone.
    """
    selector = f"{NAME_LABEL}={labels(TEMPLATE)[NAME_LABEL]}"
    found = cluster.read(
        "workflows.argoproj.io",
        f"--selector={selector},!{REPLAYED_LABEL}",
        "--sort-by=.metadata.creationTimestamp",
    )
    return [_dead_letter(workflow) for workflow in found["items"]]


def replay_event(cluster: Cluster, dead_letter: DeadLetter) -> Replay:
    """Posts an event's body to its webhook again, and marks it as replayed.

    Args:
        cluster: The installation's namespace.
        dead_letter: The event.

    Returns:
        Whether the EventBus has it, or why not.
    """
    try:
        _post(cluster, dead_letter.name)
    except ModerateError as error:
        return Replay(
            dead_letter=dead_letter, replayed=False, why_not=str(error)
        )
    return Replay(dead_letter=dead_letter, replayed=True)


def _post(cluster: Cluster, name: str) -> None:
    workflow = cluster.read(f"workflow.argoproj.io/{name}")
    if REPLAYED_LABEL in workflow["metadata"]["labels"]:
        raise BadDataError(f"{name} has been replayed already.")
    body = _event(workflow).get("body")
    path, target = _webhook(cluster, _parameters(workflow)["sensor"])
    with forwarded(target) as forward:
        settings = WebhookSettings.model_validate(
            {
                "matrix_profile_webhook_url": (
                    f"http://{LOOPBACK}:{forward.port}{path}"
                ),
                "webhook_token": secret_value(
                    cluster,
                    WebhookSettings.service,
                    TOKEN_VARIABLE,
                ),
            }
        )
        with EventWebhook(settings) as webhook:
            webhook.send(body)
    cluster.patch(
        f"workflow.argoproj.io/{name}",
        {
            "metadata": {
                "labels": {REPLAYED_LABEL: "true"},
                "annotations": {
                    REPLAYED_ANNOTATION: datetime.now(UTC).isoformat()
                },
            }
        },
    )


def _dead_letter(workflow: Mapping[str, Any]) -> DeadLetter:
    sensor = _parameters(workflow).get("sensor", "")
    why = f"the sensor {sensor!r} could start no workflow"
    try:
        body = _event(workflow).get("body")
    except BadDataError as error:
        body, why = None, str(error)
    message = body.get("message") if isinstance(body, dict) else None
    text = message if isinstance(message, str) else json.dumps(body)
    return DeadLetter(
        place=Place.CLUSTER,
        name=workflow["metadata"]["name"],
        job_id=job_id_of(text),
        why=beginning_of(why),
        bytes=len(text.encode()),
        start=beginning_of(text),
    )


def _parameters(workflow: Mapping[str, Any]) -> dict[str, str]:
    given = workflow["spec"].get("arguments", {}).get("parameters", [])
    return {one["name"]: one.get("value", "") for one in given}


def _event(workflow: Mapping[str, Any]) -> dict[str, Any]:
    name = workflow["metadata"]["name"]
    try:
        event = json.loads(decode(_parameters(workflow).get("event", "")))
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise BadDataError(
            f"What {name} keeps is no event. Look at its parameter 'event'."
        )
    return event


def _webhook(cluster: Cluster, sensor: str) -> tuple[str, Target]:
    """Finds the webhook whose events a sensor gets."""
    dependencies = cluster.read(f"sensor.argoproj.io/{sensor}")["spec"][
        "dependencies"
    ]
    for dependency in dependencies:
        if dependency["name"] != DEPENDENCY:
            continue
        source = dependency["eventSourceName"]
        spec = cluster.read(f"eventsource.argoproj.io/{source}")["spec"]
        webhook = spec.get("webhook", {}).get(dependency["eventName"])
        if webhook is not None:
            path = urlsplit(webhook["endpoint"]).path
            service = SERVICE.format(source=source)
            port = int(webhook["port"])
            return path, Target(cluster.namespace, service, port)
    raise BadDataError(
        f"The events of the sensor {sensor!r} come from no webhook, so they "
        "cannot be posted again here. `moderate rerun job` makes a job's "
        "message anew."
    )
