"""The bot's token is asked of the server as its administrator."""

from http.server import BaseHTTPRequestHandler

import pytest

from moderate.errors import UnreachableError
from moderate.services.stack.bot_token import ask_for_token
from tests.servers import answer, answering, web_server

ADMINISTRATOR = "an-administrators-token"
ANSWERS = {
    "/api/v1/bots/name/ingestion-bot": b'{"botUser": {"id": "7"}}',
    "/api/v1/users/auth-mechanism/7": (
        b'{"authType": "JWT", "config": {"JWTToken": "the-bots-token"}}'
    ),
}


def open_metadata(request: BaseHTTPRequestHandler) -> None:
    """Answer as the server does."""
    known = request.headers["Authorization"] == f"Bearer {ADMINISTRATOR}"
    if known and request.path in ANSWERS:
        answer(request, 200, ANSWERS[request.path])
    else:
        answer(request, 404 if known else 401)


def test_the_server_tells_an_administrator_the_bots_token() -> None:
    with web_server(open_metadata) as url:
        assert ask_for_token(url, ADMINISTRATOR) == "the-bots-token"


def test_who_is_no_administrator_is_told_what_to_do() -> None:
    with (
        web_server(open_metadata) as url,
        pytest.raises(UnreachableError, match="Settings, Bots"),
    ):
        ask_for_token(url, "another-token")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"botUser": 7}', b"<html>"])
def test_an_answer_of_another_shape_is_an_error(body: bytes) -> None:
    with (
        web_server(answering(200, body)) as url,
        pytest.raises(UnreachableError, match="ValidationError"),
    ):
        ask_for_token(url, ADMINISTRATOR)
