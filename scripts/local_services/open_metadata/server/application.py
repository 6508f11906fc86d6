"""The double's API: which path is answered by what."""

import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeAlias

from local_services.open_metadata.server.bodies import Json
from local_services.open_metadata.server.bots import Bots
from local_services.open_metadata.server.crud import Collection
from local_services.open_metadata.server.definitions import (
    test_connection_definition,
)
from local_services.open_metadata.server.entities import now
from local_services.open_metadata.server.errors import RefusedError
from local_services.open_metadata.server.kinds import (
    KINDS,
    PIPELINES,
    TABLES,
)
from local_services.open_metadata.server.lineage import Lineage
from local_services.open_metadata.server.pipelines import Pipelines
from local_services.open_metadata.server.request import Request
from local_services.open_metadata.server.search import Search
from local_services.open_metadata.server.store import Store
from local_services.open_metadata.server.tables import Tables

Answer: TypeAlias = Json | None
Operation: TypeAlias = Callable[..., Answer]

ROOT = "/api/v1/"
VERSION = "system/version"
ANY = "*"
PROFILER_SETTINGS: Json = {
    "config_type": "profilerConfiguration",
    "config_value": {"metricConfiguration": []},
}


class UnknownPathError(RefusedError):
    """A request that the double has no answer to: a gap in it."""


class Application:
    """Answers requests.

    Attributes:
        version: The version that the server reports.
        store: What it keeps.
        bots: The bot and its token.
    """

    def __init__(
        self,
        *,
        base_url: str,
        token: str,
        administrators_token: str,
        version: str,
    ) -> None:
        """Makes an empty server.

        Args:
            base_url: The API's root.
            token: The ingestion bot's token.
            administrators_token: An administrator's token.
            version: The version that the server reports.
        """
        self.version = version
        self._base_url = base_url
        self._tokens = (token, administrators_token)
        self._lock = threading.Lock()
        self.empty()

    def empty(self) -> None:
        """Deletes everything that was stored."""
        self.store = Store(self._base_url)
        self.bots = Bots(*self._tokens)
        self._routes = [
            (method, pattern.split("/"), operation)
            for method, pattern, operation in self._operations()
        ]

    def answer(self, request: Request, authorization: str) -> Answer:
        """Answers a request.

        Args:
            request: The request.
            authorization: Its header of that name.

        Returns:
            The answer's body, None where it has none.

        Raises:
            RefusedError: The request is refused.
        """
        path = request.path.removeprefix(ROOT)
        if path == request.path:
            raise _unknown(request)
        if path == VERSION:
            return {
                "version": self.version,
                "revision": "double",
                "timestamp": now(),
            }
        self.bots.check(authorization, path)
        operation, arguments = self._operation(request)
        with self._lock:
            return operation(request, *arguments)

    def _operation(self, request: Request) -> tuple[Operation, list[str]]:
        segments = request.segments[2:]
        for method, pattern, operation in self._routes:
            if method == request.method and _matches(pattern, segments):
                pairs = zip(pattern, segments, strict=True)
                return operation, [own for part, own in pairs if part == ANY]
        raise _unknown(request)

    def _operations(self) -> list[tuple[str, str, Operation]]:
        """Lists the operations; the first one that matches answers."""
        tables = Tables(self.store)
        pipelines = Pipelines(self.store)
        lineage = Lineage(self.store)
        found: list[tuple[str, str, Operation]] = [
            (
                "GET",
                "system/settings/profilerConfiguration",
                lambda _: PROFILER_SETTINGS,
            ),
            (
                "GET",
                "services/testConnectionDefinitions/name/*",
                lambda _, name: test_connection_definition(name),
            ),
            ("GET", "bots/name/*", self.bots.by_name),
            ("PUT", "users/generateToken/*", self.bots.generate),
            ("GET", "users/token/*", self.bots.token),
            ("GET", "search/fieldQuery", Search(self.store).field_query),
            ("PUT", "lineage", lineage.put),
            ("GET", "lineage/getLineageEdge/*/*", lineage.edge),
            ("PUT", f"{TABLES}/*/tableProfile", tables.put_profile),
            ("GET", f"{TABLES}/*/tableProfile/latest", tables.latest_profile),
            ("PUT", f"{TABLES}/*/sampleData", tables.put_sample),
            ("GET", f"{TABLES}/*/sampleData", tables.sample),
            (
                "PUT",
                f"{TABLES}/*/tableProfilerConfig",
                tables.put_profiler_config,
            ),
            ("PUT", f"{PIPELINES}/progress/*/*", pipelines.put_progress),
            ("PUT", f"{PIPELINES}/*/pipelineStatus", pipelines.put_status),
            ("GET", f"{PIPELINES}/*/pipelineStatus/*", pipelines.status),
        ]
        for kind in KINDS.values():
            found += _collection(kind.route, Collection(self.store, kind))
        return found


def _collection(
    route: str, operations: Collection
) -> list[tuple[str, str, Operation]]:
    return [
        ("PUT", route, operations.put),
        ("PUT", f"{route}/bulk", operations.put_many),
        ("PUT", f"{route}/restore", operations.restore),
        ("GET", route, operations.listed),
        ("GET", f"{route}/name/*", operations.by_name),
        ("GET", f"{route}/*", operations.by_id),
        ("PATCH", f"{route}/*", operations.patch),
        ("DELETE", f"{route}/deleteStale", operations.delete_stale),
        ("DELETE", f"{route}/*", operations.delete),
    ]


def _matches(pattern: list[str], segments: list[str]) -> bool:
    return len(pattern) == len(segments) and all(
        part in {ANY, segment}
        for part, segment in zip(pattern, segments, strict=True)
    )


def _unknown(request: Request) -> UnknownPathError:
    return UnknownPathError(
        HTTPStatus.NOT_FOUND,
        f"HTTP 404 Not Found: {request.method} {request.path}",
    )
