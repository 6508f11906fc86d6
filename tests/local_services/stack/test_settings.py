"""The stack's `.env` is written once, and only ever names this machine."""

import re
import stat
from pathlib import Path

import pytest

from local_services.stack.settings import (
    change_token,
    stack_settings,
    variables,
)
from steps.connections.check import QUESTIONS
from steps.contract.errors import BadSettingsError


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    """A new `.env`."""
    file = tmp_path / ".env"
    stack_settings(file)
    return file


def changed(file: Path, name: str, value: str | None) -> Path:
    """Change a line of a `.env`, or take it out."""
    line = "" if value is None else f"{name}={value}"
    text = re.sub(rf"(?m)^{name}=.*$", lambda _: line, file.read_text())
    file.write_text(text)
    return file


def test_it_names_each_setting_of_each_service() -> None:
    wanted = {
        variable
        for question in QUESTIONS.values()
        for variable in question.kind.variables()
    }
    assert wanted <= set(variables())


def test_only_its_owner_may_read_it(dotenv: Path) -> None:
    assert stat.S_IMODE(dotenv.stat().st_mode) == 0o600


def test_it_is_the_only_file_that_is_written(dotenv: Path) -> None:
    assert list(dotenv.parent.iterdir()) == [dotenv]


def test_two_of_them_have_no_secret_in_common(tmp_path: Path) -> None:
    first, second = (
        stack_settings(tmp_path / name) for name in (".env.1", ".env.2")
    )
    secrets = {name for name, value in first.items() if len(value) > 40}
    assert secrets
    assert not {name for name in secrets if first[name] == second[name]}


def test_it_is_written_once(dotenv: Path) -> None:
    before = dotenv.read_bytes()
    stack_settings(dotenv)
    assert dotenv.read_bytes() == before


def test_an_address_follows_its_port(dotenv: Path) -> None:
    values = stack_settings(changed(dotenv, "S3_PORT", "19000"))
    assert values["S3_ENDPOINT_URL"] == "http://127.0.0.1:19000"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_BASE_URL", "https://api.example.org"),
        ("S3_ENDPOINT_URL", "https://storage.googleapis.com"),
        ("POSTGRES_HOST", "postgres.example.org"),
        ("RABBIT_URL", "amqp://moderate:secret-word@rabbit.example.org/%2F"),
        ("KEYCLOAK_SERVER_URL", "https://keycloak.example.org"),
        ("OPEN_METADATA_HOST", "catalog.example.org"),
        ("S3_BUCKET_NAME", "production"),
    ],
)
def test_a_file_that_names_others_services_is_refused(
    dotenv: Path, name: str, value: str
) -> None:
    changed(dotenv, name, value)
    with pytest.raises(
        BadSettingsError, match=f"{name} does not name a service"
    ):
        stack_settings(dotenv)


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "OPEN_METADATA_PORT"])
def test_a_file_without_a_variable_is_refused(dotenv: Path, name: str) -> None:
    changed(dotenv, name, None)
    with pytest.raises(BadSettingsError, match=f"{name} is missing"):
        stack_settings(dotenv)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "٣", "a", ""])
def test_what_is_not_a_port_is_refused(dotenv: Path, port: str) -> None:
    changed(dotenv, "KEYCLOAK_PORT", port)
    with pytest.raises(BadSettingsError, match="KEYCLOAK_PORT is not a port"):
        stack_settings(dotenv)


def test_two_services_cannot_have_the_same_port(dotenv: Path) -> None:
    changed(dotenv, "KEYCLOAK_PORT", "9000")
    with pytest.raises(BadSettingsError, match="the same port"):
        stack_settings(dotenv)


@pytest.mark.parametrize("secret", ["", "short", "with'quote", "with space"])
def test_a_secret_that_would_need_quoting_is_refused(
    dotenv: Path, secret: str
) -> None:
    changed(dotenv, "POSTGRES_PASSWORD", f'"{secret}"')
    with pytest.raises(BadSettingsError, match="POSTGRES_PASSWORD is shorter"):
        stack_settings(dotenv)


def test_a_refusal_shows_no_secret(dotenv: Path) -> None:
    secret = "amqp://someone:a-secret-word@elsewhere/"
    changed(dotenv, "RABBIT_URL", secret)
    with pytest.raises(BadSettingsError) as refused:
        stack_settings(dotenv)
    assert "a-secret-word" not in str(refused.value)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xff\xfe\0")
    with pytest.raises(BadSettingsError, match="not UTF-8"):
        stack_settings(file)


def test_a_new_token_changes_its_line_and_nothing_else(dotenv: Path) -> None:
    before = stack_settings(dotenv)
    change_token(dotenv, "another-token")
    after = stack_settings(dotenv)
    assert after == {**before, "OPEN_METADATA_TOKEN": "another-token"}


def test_a_file_with_a_new_token_is_as_private_as_before(dotenv: Path) -> None:
    change_token(dotenv, "another-token")
    assert stat.S_IMODE(dotenv.stat().st_mode) == 0o600
