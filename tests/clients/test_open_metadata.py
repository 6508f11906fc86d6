"""Only a server that answers, of our version, with our token, will do."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from checkout.paths import ROOT
from local_services.process import LOOPBACK, free_port
from steps.clients.open_metadata import FRAMEWORK_VERSION, check_server
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import BadSettingsError, TemporaryError
from tests.servers import answer, answering, web_server

TOKEN = "t0ken"
OURS = FRAMEWORK_VERSION


def settings(url: str, token: str = TOKEN) -> OpenMetadataSettings:
    """Make the settings that reach a URL."""
    parts = urlsplit(url)
    return OpenMetadataSettings(
        open_metadata_host=f"http://{parts.hostname}",
        open_metadata_port=parts.port or 0,
        open_metadata_token=SecretStr(token),
    )


@contextmanager
def serving(version: str) -> Iterator[str]:
    """Serve what is asked of a server before anything is ingested."""

    def respond(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/api/v1/system/version":
            answer(request, 200, json.dumps({"version": version}).encode())
            return
        allowed = request.headers["Authorization"] == f"Bearer {TOKEN}"
        answer(request, 200 if allowed else 401, b"{}")

    with web_server(respond) as url:
        yield url


def test_the_version_is_the_one_that_is_pinned() -> None:
    pin = f"=={FRAMEWORK_VERSION}"
    assert f"openmetadata-ingestion[datalake-s3,postgres]{pin}" in (
        ROOT / "pyproject.toml"
    ).read_text("utf-8")


def test_a_token_of_an_unknown_user_is_named_as_such() -> None:
    def respond(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/api/v1/system/version":
            answer(request, 200, json.dumps({"version": OURS}).encode())
        else:
            answer(request, 404, b"{}")

    with (
        web_server(respond) as url,
        pytest.raises(BadSettingsError, match="token's user does not exist"),
    ):
        check_server(settings(url))


@pytest.mark.parametrize("version", ["2.0.6", "2.0.0-SNAPSHOT", "2.0.11"])
def test_a_server_of_the_same_minor_version_will_do(version: str) -> None:
    with serving(version) as url:
        check_server(settings(url))


@pytest.mark.parametrize("version", ["2.1.0", "1.12.6", "20.0.6"])
def test_a_server_of_another_version_stops_the_run(version: str) -> None:
    with serving(version) as url, pytest.raises(BadSettingsError) as refused:
        check_server(settings(url))
    assert f"is version {version}" in str(refused.value)
    assert OURS in str(refused.value)


def test_a_refused_token_names_its_variable() -> None:
    with (
        serving("2.0.6") as url,
        pytest.raises(
            BadSettingsError, match="OPEN_METADATA_TOKEN"
        ) as refused,
    ):
        check_server(settings(url, token="wr0ng"))
    assert "wr0ng" not in str(refused.value)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_that_fails_may_recover(status: int) -> None:
    with web_server(answering(status)) as url, pytest.raises(TemporaryError):
        check_server(settings(url))


def test_a_server_that_is_gone_may_come_back() -> None:
    unreachable = f"http://{LOOPBACK}:{free_port()}"
    with pytest.raises(TemporaryError, match="OPEN_METADATA_HOST"):
        check_server(settings(unreachable))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"null"])
def test_what_is_not_openmetadata_is_reported(body: bytes) -> None:
    with (
        web_server(answering(200, body)) as url,
        pytest.raises(BadSettingsError, match="is not OpenMetadata"),
    ):
        check_server(settings(url))
