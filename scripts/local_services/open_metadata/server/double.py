"""The API with its faults and its record, and the control of both."""

import sys
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus

from local_services.open_metadata.faults import Fault, FaultKind, Faults
from local_services.open_metadata.server.application import (
    Application,
    UnknownPathError,
)
from local_services.open_metadata.server.errors import RefusedError
from local_services.open_metadata.server.http import Reply
from local_services.open_metadata.server.record import Asked, Record
from local_services.open_metadata.server.request import Request

FAULTY = "the double itself is faulty: see its log"


class Double:
    """A server with injected faults and a record of its requests."""

    def __init__(self, application: Application) -> None:
        """Makes a server without faults.

        Args:
            application: What answers when nothing is wrong.
        """
        self._application = application
        self._faults = Faults()
        self._record = Record()
        self._version = application.version

    def respond(self, request: Request, authorization: str) -> Reply | None:
        """Answers a request to the API.

        Args:
            request: The request.
            authorization: Its header of that name.

        Returns:
            The answer; None where the server is down.
        """
        fault = self._faults.for_request(f"{request.method} {request.path}")
        if fault is None:
            return self._answered(request, authorization)
        if fault.kind is FaultKind.SLOW:
            time.sleep(fault.seconds)
            return self._answered(request, authorization)
        if fault.kind is FaultKind.AWAY:
            self._note(request, 0, "away, an injected fault")
            return None
        self._note(request, fault.status, "failing, an injected fault")
        return Reply(
            HTTPStatus(fault.status),
            {"code": fault.status, "message": "an injected fault"},
        )

    def control(self, request: Request, _: str) -> Reply:
        """Answers a request to the control.

        Args:
            request: The request.

        Returns:
            The answer.
        """
        operations: Mapping[str, Callable[[Request], object]] = {
            "GET /requests": lambda _: self._record.as_json(),
            "GET /entities": lambda _: self._application.store.entities,
            "GET /statuses": lambda _: self._application.store.statuses,
            "PUT /fault": self._set_fault,
            "PUT /losing": self._set_losing,
            "PUT /version": self._set_version,
            "PUT /token-cache": self._set_token_cache,
            "POST /reset": self._reset,
        }
        operation = operations.get(f"{request.method} {request.path}")
        if operation is None:
            return Reply(HTTPStatus.NOT_FOUND)
        return Reply(HTTPStatus.OK, operation(request))

    def _answered(self, request: Request, authorization: str) -> Reply:
        try:
            body = self._application.answer(request, authorization)
        except RefusedError as error:
            unknown = isinstance(error, UnknownPathError)
            if unknown:
                sys.stderr.write(f"UNKNOWN {request.method} {request.path}\n")
            self._note(request, error.status, str(error), unknown=unknown)
            return Reply(error.status, error.body())
        except Exception:
            self._note(request, HTTPStatus.INTERNAL_SERVER_ERROR, FAULTY)
            raise
        status = HTTPStatus.OK if body is not None else HTTPStatus.NO_CONTENT
        self._note(request, status)
        return Reply(status, body)

    def _note(
        self,
        request: Request,
        status: int,
        message: str = "",
        *,
        unknown: bool = False,
    ) -> None:
        self._record.add(
            Asked(request.method, request.path, status, message, unknown)
        )

    def _set_fault(self, request: Request) -> None:
        fault = request.json()
        kind = fault.pop("kind", None)
        self._faults.set(Fault(FaultKind(kind), **fault) if kind else None)

    def _set_losing(self, request: Request) -> None:
        self._application.store.losing = frozenset(request.json())

    def _set_version(self, request: Request) -> None:
        self._application.version = request.json()

    def _set_token_cache(self, request: Request) -> None:
        self._application.bots.cache_for(float(request.json()))

    def _reset(self, _: Request) -> None:
        """Empties the server, and takes its faults away."""
        self._application.empty()
        self._application.version = self._version
        self._record.clear()
        self._faults.set(None)
