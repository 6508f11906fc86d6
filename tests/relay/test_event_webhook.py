"""The client of the webhook."""

from http.server import BaseHTTPRequestHandler

import pytest

from local_services.process import LOOPBACK, free_port
from steps.clients.event_webhook import EventWebhook
from steps.clients.event_webhook_settings import WebhookSettings
from steps.contract.errors import BadSettingsError, TemporaryError
from tests.hostile import hostile
from tests.relay.recorder import TOKEN, Recorder
from tests.servers import answer, body_of, web_server

MESSAGE_ID = "a-message-of-the-tests"


def client(url: str, token: str = TOKEN) -> EventWebhook:
    settings = WebhookSettings.of(
        {"MATRIX_PROFILE_WEBHOOK_URL": url, "WEBHOOK_TOKEN": token},
    )
    return EventWebhook(settings, timeout_seconds=1)


@hostile
def test_a_message_arrives_as_it_was(webhook: Recorder, hostile: str) -> None:
    with client(webhook.url) as events:
        events.post(42, hostile, MESSAGE_ID)
    assert webhook.taken == [
        {"job_id": "42", "message": hostile, "message_id": MESSAGE_ID}
    ]


def test_a_large_job_number_is_not_rounded(webhook: Recorder) -> None:
    with client(webhook.url) as events:
        events.post(2**63 - 1, "{}", MESSAGE_ID)
    assert webhook.taken[0]["job_id"] == "9223372036854775807"


@pytest.mark.parametrize("status", [201, 202, 204, 302, 400, 404, 429, 503])
def test_any_answer_but_200_is_a_failure(
    webhook: Recorder, status: int
) -> None:
    webhook.always = status
    with client(webhook.url) as events, pytest.raises(TemporaryError) as seen:
        events.post(42, "{}", MESSAGE_ID)
    assert str(status) in str(seen.value)


def test_a_redirect_is_not_followed(webhook: Recorder) -> None:
    def elsewhere(request: BaseHTTPRequestHandler) -> None:
        body_of(request)
        answer(request, 307, headers={"Location": webhook.url})

    with (
        web_server(elsewhere) as url,
        client(url) as events,
        pytest.raises(TemporaryError),
    ):
        events.post(42, "{}", MESSAGE_ID)
    assert webhook.asked == 0


def test_a_token_that_the_webhook_refuses_is_named(
    webhook: Recorder,
) -> None:
    with (
        client(webhook.url, "another") as events,
        pytest.raises(BadSettingsError) as seen,
    ):
        events.post(42, "{}", MESSAGE_ID)
    assert "WEBHOOK_TOKEN" in str(seen.value)
    assert "another" not in str(seen.value)


def test_a_webhook_that_is_away_is_named() -> None:
    url = f"http://{LOOPBACK}:{free_port()}/"
    with client(url) as events, pytest.raises(TemporaryError) as seen:
        events.post(42, "{}", MESSAGE_ID)
    assert "MATRIX_PROFILE_WEBHOOK_URL" in str(seen.value)


def test_a_silent_webhook_is_not_waited_for(silent_url: str) -> None:
    with client(silent_url) as events, pytest.raises(TemporaryError):
        events.post(42, "{}", MESSAGE_ID)
