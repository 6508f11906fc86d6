"""The `.env` gets a token of the bot that the server takes."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from local_services.open_metadata.serving import ServedOpenMetadata
from local_services.stack.bot_token import with_accepted_token
from local_services.stack.settings import stack_settings
from steps.clients.open_metadata import check_server
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import ModerateError

TOKEN = "OPEN_METADATA_TOKEN"


def never(_: Mapping[str, str]) -> str:
    """Stand for an administrator who must not be asked."""
    raise AssertionError


@pytest.fixture
def dotenv(tmp_path: Path, catalog_server: ServedOpenMetadata) -> Path:
    """A `.env` of the server, with a token that it refuses."""
    file = tmp_path / ".env"
    stack_settings(file)
    port = catalog_server.environment["OPEN_METADATA_PORT"]
    text = re.sub(
        r"(?m)^OPEN_METADATA_PORT=.*$",
        f"OPEN_METADATA_PORT={port}",
        file.read_text(),
    )
    file.write_text(text)
    return file


def accepted(values: Mapping[str, str]) -> None:
    """Ask the server whether it takes the token."""
    check_server(OpenMetadataSettings.of(values), 10)


def test_an_unknown_token_is_replaced_by_one_that_the_server_takes(
    dotenv: Path, catalog_server: ServedOpenMetadata
) -> None:
    with_accepted_token(
        dotenv,
        stack_settings(dotenv),
        lambda _: catalog_server.administrators_token,
    )
    accepted(stack_settings(dotenv))


def test_the_settings_that_come_back_are_those_of_the_file(
    dotenv: Path, catalog_server: ServedOpenMetadata
) -> None:
    values = with_accepted_token(
        dotenv,
        stack_settings(dotenv),
        lambda _: catalog_server.administrators_token,
    )
    assert values == stack_settings(dotenv)


def test_a_token_that_the_server_takes_stays(
    dotenv: Path, catalog_server: ServedOpenMetadata
) -> None:
    before = dotenv.read_bytes()
    values = {
        **stack_settings(dotenv),
        TOKEN: catalog_server.administrators_token,
    }
    assert with_accepted_token(dotenv, values, never) == values
    assert dotenv.read_bytes() == before


def test_who_is_no_administrator_gets_no_token(dotenv: Path) -> None:
    before = dotenv.read_bytes()
    with pytest.raises(ModerateError, match="no administrator's"):
        with_accepted_token(
            dotenv, stack_settings(dotenv), lambda _: "another-token"
        )
    assert dotenv.read_bytes() == before
