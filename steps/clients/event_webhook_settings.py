"""Settings of the webhook, light enough for every step to import."""

from typing import ClassVar

from pydantic import Field, HttpUrl, SecretStr

from steps.contract.settings import ServiceSettings


class WebhookSettings(ServiceSettings):
    """Where the webhook is and how to be let in."""

    service: ClassVar[str] = "webhook"

    matrix_profile_webhook_url: HttpUrl = Field(
        default=HttpUrl(
            "http://matrix-profile-eventsource-svc:12000/matrix-profile"
        ),
        description="the URL of the webhook that starts matrix profiles",
        examples=[
            "http://matrix-profile-eventsource-svc:12000/matrix-profile"
        ],
    )
    webhook_token: SecretStr = Field(
        description="the bearer token of the webhooks",
        examples=["a-long-secret"],
        min_length=1,
    )
