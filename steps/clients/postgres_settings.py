"""Settings of the PostgreSQL server, light enough for every step."""

from typing import ClassVar

from pydantic import Field, SecretStr

from steps.contract.settings import ServiceSettings

DEFAULT_PORT = 5432
HIGHEST_PORT = 65_535


class PostgresSettings(ServiceSettings):
    """Where the platform's PostgreSQL server is and how to sign in."""

    service: ClassVar[str] = "postgres"

    postgres_host: str = Field(
        description="the host of the PostgreSQL server",
        examples=["postgres.example.org"],
        min_length=1,
    )
    postgres_port: int = Field(
        default=DEFAULT_PORT,
        description="the port of the PostgreSQL server",
        examples=["5432"],
        ge=1,
        le=HIGHEST_PORT,
    )
    postgres_username: str = Field(
        description="the account that the pipelines use in PostgreSQL",
        examples=["workflows"],
        min_length=1,
    )
    postgres_password: SecretStr = Field(
        description="that account's password", examples=["a-long-secret"]
    )
