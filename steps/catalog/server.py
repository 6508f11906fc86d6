"""What the OpenMetadata server has stored, over its API."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from steps.catalog.names import quoted
from steps.catalog.source import TableName
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import BadSettingsError, TemporaryError

if TYPE_CHECKING:
    import httpx

TABLES = "tables"
SCHEMAS = "databaseSchemas"
SERVICES = "services/databaseServices"
PIPELINES = "services/ingestionPipelines"
METADATA = "metadata"
MADE_BY = "Made by moderate-workflows from "
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
            for entity in self._listed(
                SCHEMAS, database=_fqn(service, database)
            )
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
            for entity in self._listed(
                TABLES, database=_fqn(service, database)
            )
        }

    def services(self, origin: str) -> dict[str, Stored]:
        """Lists the services that these pipelines have made from a source.

        A service is recognised by the description of its ingestion pipeline
        ``metadata``, and by nothing else: its name may be anybody's.

        Args:
            origin: The source, as ``sign`` wrote it.

        Returns:
            The services by name.

        Raises:
            ModerateError: The server refused, failed or did not answer.
        """
        signed = {
            pipeline["service"]["id"]
            for pipeline in self._listed(PIPELINES)
            if pipeline["name"] == METADATA
            and pipeline.get("description") == _signature(origin)
        }
        return {
            service["name"]: _stored(service)
            for service in self._listed(SERVICES)
            if service["id"] in signed
        }

    def sign(self, service: str, origin: str) -> None:
        """Writes into a service's pipeline that it was made from a source.

        A description that a person wrote stays: its service is never marked.

        Args:
            service: The service.
            origin: The source.

        Raises:
            ModerateError: The server refused, failed or did not answer.
        """
        path = f"/v1/{PIPELINES}/name/{_fqn(service, METADATA)}"
        with self._client() as client:
            pipeline = _checked(client.get(path)).json()
            found = pipeline.get("description", "")
            if found == _signature(origin) or (
                found and not found.startswith(MADE_BY)
            ):
                return
            patch = [
                {
                    "op": "add",
                    "path": "/description",
                    "value": _signature(origin),
                }
            ]
            _checked(
                client.patch(
                    f"/v1/{PIPELINES}/{pipeline['id']}",
                    content=json.dumps(patch),
                    headers={"Content-Type": "application/json-patch+json"},
                )
            )

    def profiled_at(self, fqns: Iterable[str]) -> dict[str, int]:
        """Reads when tables were last profiled.

        Args:
            fqns: Their fully qualified names.

        Returns:
            The times by fully qualified name, in milliseconds since 1970; 0
            where there is no profile.

        Raises:
            TemporaryError: The server failed or did not answer.
        """
        with self._client() as client:
            return {
                fqn: _profiled_at(
                    client.get(
                        f"/v1/{TABLES}/{quote(fqn, safe='')}"
                        "/tableProfile/latest",
                        params={"includeColumnProfile": "false"},
                    )
                )
                for fqn in fqns
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

    def _listed(self, route: str, **scope: str) -> Iterator[dict[str, Any]]:
        query = {**scope, "limit": str(PAGE_SIZE)}
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
    def _client(self) -> "Iterator[httpx.Client]":
        import httpx

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


def _fqn(*names: str) -> str:
    return ".".join(map(quoted, names))


def _signature(origin: str) -> str:
    return (
        f"{MADE_BY}{origin}. A run marks the service as deleted when its "
        "source no longer has it, unless this text is changed."
    )


def _stored(entity: dict[str, Any]) -> Stored:
    return Stored(id=entity["id"], fqn=entity["fullyQualifiedName"])


def _profiled_at(answer: "httpx.Response") -> int:
    if answer.is_client_error:
        return 0
    profile = _checked(answer).json().get("profile")
    return int(profile["timestamp"]) if profile else 0


def _checked(answer: "httpx.Response") -> "httpx.Response":
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
