"""No answer of the Platform API keeps a message for ever."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from threading import Event

import pytest

from local_services.process import LOOPBACK, free_port
from steps.clients.event_webhook import EventWebhook
from steps.clients.event_webhook_settings import WebhookSettings
from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.platform_id import LARGEST_ID
from steps.relay import message_handler, pauses, poison
from steps.relay.disposition import Outcome
from steps.relay.health import Health
from steps.relay.message_handler import MessageHandler
from steps.relay.poison import MOST_TRIES
from steps.relay.triage import IncomingMessage
from tests.matrix_profile.messages import message
from tests.servers import answer, body_of, web_server

JOB = 42
NOWHERE = f"http://{LOOPBACK}:{free_port()}"
INVALID = IncomingMessage.of(message(workflow_job_id=JOB, key="").encode())
DEEP = b"[" * 100_000
UNFINISHED = {
    "id": JOB,
    "job_type": "matrix_profile",
    "arguments": {},
    "created_at": "2026-11-01T00:00:00",
}

Handle = Callable[[], Outcome]


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poison, "TRY_SECONDS", 0)
    monkeypatch.setattr(message_handler, "POISON_PAUSE_SECONDS", 0)
    monkeypatch.setattr(pauses, "SHORTEST_PAUSE_SECONDS", 0)


@contextmanager
def handling(
    status: int, body: bytes, *, probe: int = 404, method: str = ""
) -> Iterator[Handle]:
    """Handle the message of a job for which the API answers like this."""

    def respond(request: BaseHTTPRequestHandler) -> None:
        body_of(request)
        if request.path == "/api/token":
            answer(request, 200, b'{"access_token": "t", "expires_in": 300}')
        elif request.path == f"/job/{LARGEST_ID}":
            answer(request, probe, b'{"detail": "no such job"}')
        elif method in ("", request.command):
            answer(request, status, body)
        else:
            answer(request, 200, json.dumps(UNFINISHED).encode())

    stop = Event()
    stop.set()
    webhook = WebhookSettings.of(
        {"MATRIX_PROFILE_WEBHOOK_URL": NOWHERE, "WEBHOOK_TOKEN": "t"}
    )
    with web_server(respond) as url, EventWebhook(webhook) as events:
        settings = PlatformApiSettings.of(
            {"API_BASE_URL": url, "API_USERNAME": "w", "API_PASSWORD": "p"}
        )
        with PlatformApi(settings, attempts=1, sign_in_seconds=0) as api:
            handler = MessageHandler(events, api, "outputs", Health())
            yield lambda: handler.handle(INVALID, stop).outcome


every_answer = pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"[]"),
        (200, b"{}"),
        (200, b"<html>"),
        (200, b"\xff"),
        (200, DEEP),
        (302, b""),
        (400, b'{"error": "invalid_grant"}'),
        (400, b"{}"),
        (401, b"{}"),
        (403, b"{}"),
        (409, b"{}"),
        (422, b"{}"),
        (429, b"{}"),
        (500, b"{}"),
        (503, b"{}"),
    ],
    ids=lambda value: str(value)[:30],
)


@every_answer
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_message_is_given_up_when_the_api_answers_others(
    status: int, body: bytes, method: str
) -> None:
    with handling(status, body, method=method) as handle:
        outcomes = [handle() for _ in range(MOST_TRIES)]
    assert outcomes == [*[Outcome.KEPT] * (MOST_TRIES - 1), Outcome.GIVEN_UP]


@pytest.mark.parametrize("probe", [401, 403, 500, 503])
def test_a_message_is_kept_while_the_api_answers_none(probe: int) -> None:
    with handling(500, b"{}", probe=probe) as handle:
        outcomes = {handle() for _ in range(3 * MOST_TRIES)}
    assert outcomes == {Outcome.KEPT}


def test_a_job_that_does_not_exist_needs_one_try() -> None:
    with handling(404, b"{}") as handle:
        assert handle() is Outcome.DEAD
