"""The accounts of the events' pods: what each may do, and no more."""

from typing import Any

from events.names import PLAIN_ACCOUNT, SENSOR_ACCOUNT, metadata
from steps.clients.event_webhook_settings import WebhookSettings
from workflows.authoring.access import RBAC_GROUP, RBAC_VERSION


def build() -> list[dict[str, Any]]:
    """Builds the accounts.

    Returns:
        One for sensors, which may create workflows and nothing else, and one
        for all other pods, which may do nothing.
    """
    services = (WebhookSettings.service,)
    sensor = metadata(SENSOR_ACCOUNT, services=services).document()
    plain = metadata(PLAIN_ACCOUNT, services=services).document()
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": plain,
            "automountServiceAccountToken": False,
        },
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": sensor},
        {
            "apiVersion": RBAC_VERSION,
            "kind": "Role",
            "metadata": sensor,
            "rules": [
                {
                    "apiGroups": ["argoproj.io"],
                    "resources": ["workflows"],
                    "verbs": ["create"],
                }
            ],
        },
        {
            "apiVersion": RBAC_VERSION,
            "kind": "RoleBinding",
            "metadata": sensor,
            "roleRef": {
                "apiGroup": RBAC_GROUP,
                "kind": "Role",
                "name": SENSOR_ACCOUNT,
            },
            "subjects": [{"kind": "ServiceAccount", "name": SENSOR_ACCOUNT}],
        },
    ]
