"""Settings of the OpenMetadata server, light enough for every step."""

from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from steps.contract.settings import ServiceSettings

DEFAULT_PORT = 8585
HIGHEST_PORT = 65_535
LOCAL_HOSTS = frozenset({"localhost", "host.docker.internal"})


class OpenMetadataSettings(ServiceSettings):
    """Where the OpenMetadata server is and how to sign in."""

    service: ClassVar[str] = "open-metadata"

    open_metadata_host: str = Field(
        description=(
            "the host of the OpenMetadata server; without a scheme it means "
            "https, for localhost and host.docker.internal http"
        ),
        examples=["catalog.example.org"],
        min_length=1,
    )
    open_metadata_port: int = Field(
        default=DEFAULT_PORT,
        description="the port of the OpenMetadata server",
        examples=["8585"],
        ge=1,
        le=HIGHEST_PORT,
    )
    open_metadata_token: SecretStr = Field(
        description="the token of OpenMetadata's ingestion bot",
        examples=["a-long-token"],
    )

    @property
    def api_root(self) -> str:
        """The root of the server's API."""
        host = self.open_metadata_host.rstrip("/")
        if "://" not in host:
            scheme = "http" if host in LOCAL_HOSTS else "https"
            host = f"{scheme}://{host}"
        parts = urlsplit(host)
        address = f"{parts.scheme}://{parts.hostname}"
        return f"{address}:{self.open_metadata_port}{parts.path}/api"
