"""Settings of Keycloak, light enough for every step to import."""

from typing import ClassVar

from pydantic import Field, HttpUrl, SecretStr

from steps.contract.settings import ServiceSettings


class KeycloakSettings(ServiceSettings):
    """Where Keycloak is, how to sign in, and whose users to read."""

    service: ClassVar[str] = "keycloak"

    keycloak_server_url: HttpUrl = Field(
        description="the URL of Keycloak",
        examples=["https://keycloak.example.org"],
    )
    keycloak_admin_username: str = Field(
        description="an account of the realm master that may read users",
        examples=["workflows"],
        min_length=1,
    )
    keycloak_admin_password: SecretStr = Field(
        description="that account's password", examples=["a-long-secret"]
    )
    keycloak_main_realm_name: str = Field(
        default="moderate",
        description="the realm of the platform's users",
        examples=["moderate"],
        pattern=r"^[^\s/?#%{}]+$",
    )
