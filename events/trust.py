"""The webhooks of the trust pipelines: new users, new asset objects."""

from typing import Any

from events.webhook import webhook_source
from steps.clients.platform_api_settings import PlatformApiSettings

USERS = "trust-users"
OBJECTS = "trust-objects"


def build() -> list[dict[str, Any]]:
    """Builds the webhooks.

    Returns:
        One EventSource for users and one for asset objects.
    """
    services = (PlatformApiSettings.service,)
    return [
        webhook_source(name, services).document() for name in (USERS, OBJECTS)
    ]
