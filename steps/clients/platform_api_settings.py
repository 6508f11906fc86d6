"""Settings of the Platform API, light enough for every step to import."""

from typing import ClassVar

from pydantic import Field, HttpUrl, SecretStr

from steps.contract.settings import ServiceSettings


class PlatformApiSettings(ServiceSettings):
    """Where the Platform API is and how to sign in."""

    service: ClassVar[str] = "platform-api"

    api_base_url: HttpUrl = Field(
        description="the URL of the Platform API",
        examples=["https://api.example.org"],
    )
    api_username: str = Field(
        description="the account that the pipelines use",
        examples=["workflows"],
        min_length=1,
    )
    api_password: SecretStr = Field(
        description="that account's password", examples=["a-long-secret"]
    )
