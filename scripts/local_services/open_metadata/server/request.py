"""A request to the double, taken apart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from local_services.open_metadata.server.errors import bad_request


@dataclass(frozen=True)
class Request:
    """A request.

    Attributes:
        method: Its method.
        path: Its path, as it was sent.
        query: Its parameters.
        content: Its body.
    """

    method: str
    path: str
    query: Mapping[str, str]
    content: bytes

    @classmethod
    def of(cls, method: str, target: str, content: bytes) -> "Request":
        """Takes a request apart.

        Args:
            method: Its method.
            target: Path and query as they were sent.
            content: Its body.

        Returns:
            The request.
        """
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return cls(method, parts.path, query, content)

    @property
    def segments(self) -> list[str]:
        """The path's parts, each decoded for itself."""
        return [unquote(part) for part in self.path.strip("/").split("/")]

    def json(self) -> Any:  # noqa: ANN401  (JSON may be anything)
        """Returns the body.

        Raises:
            RefusedError: It is not JSON.
        """
        try:
            return json.loads(self.content)
        except ValueError:
            raise bad_request("The body is not JSON") from None

    def check_query(self, *known: str) -> None:
        """Refuses parameters that the double does not have.

        Args:
            *known: The names of those that it supports.

        Raises:
            RefusedError: There is another one.
        """
        for name in self.query:
            if name not in known:
                raise bad_request(f"Unknown query parameter {name!r}")
