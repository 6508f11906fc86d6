"""What the OpenMetadata server has stored, over its API."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from steps.catalog.names import quoted
from steps.catalog.source import TableName
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import BadSettingsError, TemporaryError

TABLES = "tables"
SCHEMAS = "databaseSchemas"
TIMEOUT_SECONDS = 60.0
PAGE_SIZE = 100


@dataclass(frozen=True)
class Stored:
    """An entity on the server.

    Attributes:
        id: Its id.
        fqn: Its fully qualified name.
    """

    id: str
    fqn: str


class CatalogServer:
    """The server's entities, without those that are marked as deleted.

    Names are as the server stores them: what its names cannot hold is
    escaped, and a long one is a digest.
    """

    def __init__(self, settings: OpenMetadataSettings) -> None:
        """Prepares; nothing is sent yet.

        Args:
            settings: Where the server is, and the token.
        """
        self._settings = settings

    def schemas(self, service: str, database: str) -> dict[str, Stored]:
        """Lists the schemas of an item.

        Args:
            service: The item's service.
            database: The name of its database entity.

        Returns:
            The schemas by name.

        Raises:
            ModerateError: The server refused, failed or did not answer.
        """
        return {
            entity["name"]: _stored(entity)
            for entity in self._listed(SCHEMAS, service, database)
        }

    def tables(self, service: str, database: str) -> dict[TableName, Stored]:
        """Lists the tables of an item.

        Args:
            service: The item's service.
            database: The name of its database entity.

        Returns:
            The tables by schema and name.

        Raises:
            ModerateError: The server refused, failed or did not answer.
        """
        return {
            TableName(entity["databaseSchema"]["name"], entity["name"]): (
                _stored(entity)
            )
            for entity in self._listed(TABLES, service, database)
        }

    def mark_deleted(self, route: str, entity: Stored) -> None:
        """Marks an entity, and what is below it, as deleted.

        Args:
            route: The collection that it is in.
            entity: The entity.

        Raises:
            ModerateError: The server refused, failed or did not answer.
        """
        with self._client() as client:
            _checked(
                client.delete(
                    f"/v1/{route}/{entity.id}",
                    params={"recursive": "true", "hardDelete": "false"},
                )
            )

    def _listed(
        self, route: str, service: str, database: str
    ) -> Iterator[dict[str, Any]]:
        query = {
            "database": f"{quoted(service)}.{quoted(database)}",
            "limit": str(PAGE_SIZE),
        }
        with self._client() as client:
            while True:
                answer = _checked(client.get(f"/v1/{route}", params=query))
                page = answer.json()
                yield from page["data"]
                after = page["paging"].get("after")
                if not after:
                    return
                query = {**query, "after": after}

    @contextmanager
    def _client(self) -> Iterator[httpx.Client]:
        token = self._settings.open_metadata_token.get_secret_value()
        try:
            with httpx.Client(
                base_url=self._settings.api_root,
                timeout=TIMEOUT_SECONDS,
                headers={"Authorization": f"Bearer {token}"},
            ) as client:
                yield client
        except httpx.RequestError as error:
            raise TemporaryError(
                f"OpenMetadata at {self._settings.api_root} did not answer: "
                f"{type(error).__name__} {error}. Check that the service is "
                "up."
            ) from error


def _stored(entity: dict[str, Any]) -> Stored:
    return Stored(id=entity["id"], fqn=entity["fullyQualifiedName"])


def _checked(answer: httpx.Response) -> httpx.Response:
    request = answer.request
    fault = (
        f"OpenMetadata answered {answer.status_code} to {request.method} "
        f"{request.url.path}"
    )
    if answer.is_server_error:
        raise TemporaryError(f"{fault}. Look at its log.")
    if not answer.is_success:
        raise BadSettingsError(
            f"{fault}: {answer.text[:200]!r}. The ingestion bot must be "
            "allowed to view, edit and delete databases and tables: look at "
            "its roles (Settings, Bots)."
        )
    return answer
