"""The client by which tests and the demos control the double."""

from dataclasses import asdict, dataclass
from typing import Any

import httpx

from local_services.open_metadata.faults import Fault, FaultKind

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class OpenMetadataDouble:
    """A running double, seen from its control port.

    Attributes:
        control_url: Where its control listens.
    """

    control_url: str

    def entities(self, route: str) -> dict[str, dict[str, Any]]:
        """Returns what the double keeps.

        Args:
            route: The collection, for example ``tables``.

        Returns:
            The entities by their fully qualified names, deleted ones too.
        """
        kept: dict[str, dict[str, Any]] = self._get("/entities")[route]
        return kept

    def tables(self, *, deleted: bool = False) -> dict[str, dict[str, Any]]:
        """Returns the tables, with profiles and sample data.

        Args:
            deleted: Whether those that are marked as deleted are wanted.

        Returns:
            The tables by their fully qualified names.
        """
        return {
            name: table
            for name, table in self.entities("tables").items()
            if table["deleted"] == deleted
        }

    def statuses(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Returns the statuses of runs by pipeline and the run's id."""
        kept: dict[str, dict[str, dict[str, Any]]] = self._get("/statuses")
        return kept

    def requests(self) -> list[dict[str, Any]]:
        """Returns the requests, in order: method, path, status, message."""
        asked: list[dict[str, Any]] = self._get("/requests")
        return asked

    def unknown_requests(self) -> list[str]:
        """Returns the requests that the double has no answer to."""
        return [
            f"{asked['method']} {asked['path']}"
            for asked in self.requests()
            if asked["unknown"]
        ]

    def go_away(
        self, starting_at: str = "", *, times: int | None = None
    ) -> None:
        """Closes connections without an answer.

        Args:
            starting_at: From which request on, as a regular expression over
                "METHOD path"; at once where empty.
            times: For how many requests; for all where None.
        """
        self.fail(Fault(FaultKind.AWAY, starting_at=starting_at, times=times))

    def fail(self, fault: Fault | None) -> None:
        """Has a fault from now on.

        Args:
            fault: The fault; None takes it away.
        """
        self._put("/fault", asdict(fault) if fault else {})

    def lose_writes(self, *routes: str) -> None:
        """Answers writes as if it kept them, and keeps nothing.

        Args:
            *routes: The collections that it happens to; ``tables`` where
                none is given.
        """
        self._put("/losing", list(routes or ("tables",)))

    def be_version(self, version: str) -> None:
        """Makes it report another version."""
        self._put("/version", version)

    def cache_tokens(self, seconds: float) -> None:
        """Caches the bot's token for this long; until reset, from then on."""
        self._put("/token-cache", seconds)

    def reset(self) -> None:
        """Empties the server, and takes its faults away."""
        httpx.post(f"{self.control_url}/reset").raise_for_status()

    def _get(self, path: str) -> Any:  # noqa: ANN401  (JSON may be anything)
        answer = httpx.get(self.control_url + path, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        return answer.json()

    def _put(self, path: str, body: object) -> None:
        answer = httpx.put(
            self.control_url + path, json=body, timeout=TIMEOUT_SECONDS
        )
        answer.raise_for_status()
