"""Starting and ending the stack, with containers or without."""

from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from moderate.errors import UnreachableError
from moderate.services.stack import processes
from moderate.services.stack.bot_token import bot_token
from moderate.services.stack.compose import compose, engine
from moderate.services.stack.names import Name, Stack, address
from moderate.services.stack.settings import (
    change_token,
    existing_settings,
    stack_settings,
)
from moderate.services.stack.status import statuses
from moderate.services.stack.waiting import wait_until

VERSION_PATH = "/api/v1/system/version"
PROBE_SECONDS = 5.0
CATALOG_SECONDS = 900.0
ALL_SECONDS = 120.0


def up(stack: Stack, say: Callable[[str], None]) -> None:
    """Starts what does not run; returns once every service answers.

    Args:
        stack: The stack; its settings are written where there are none.
        say: Told what goes on.

    Raises:
        ToolError: The settings cannot be used, or a service cannot.
        ServiceError: A service did not start.
    """
    command = engine()
    values = stack_settings(stack.dotenv)
    if command is None:
        say("Starting the services as processes; the first time takes long.")
        processes.start(stack, values)
    else:
        say(f"Starting the services with `{' '.join(command)}`.")
        compose(command, stack, values, "up", "--detach", "--build")
        say("Waiting for OpenMetadata; the first time takes minutes.")
        values = _with_bot_token(stack.dotenv, values)
    if not wait_until(lambda: _all_answer(stack, values), ALL_SECONDS):
        raise UnreachableError(
            "Not every service answers. `moderate services status` says "
            "which, and why."
        )


def down(stack: Stack, *, with_data: bool) -> list[str]:
    """Ends every service, whatever it runs in.

    Args:
        stack: The stack.
        with_data: Whether what they have stored goes too.

    Returns:
        What was done, a sentence each.

    Raises:
        ToolError: Compose failed.
    """
    done = [f"{name} has ended." for name in processes.stop(stack)]
    values = existing_settings(stack.dotenv)
    command = engine()
    if command and values:
        options = ("--volumes",) if with_data else ()
        compose(command, stack, values, "down", *options)
        done.append("The containers are removed.")
    if with_data:
        processes.remove_data(stack)
        done.append("What they had stored is removed.")
    return done


def _with_bot_token(file: Path, values: Mapping[str, str]) -> dict[str, str]:
    url = address(Name.OPEN_METADATA, values)
    if not wait_until(lambda: _is_served(url), CATALOG_SECONDS):
        raise UnreachableError(
            f"OpenMetadata does not answer at {url}. See `docker compose "
            "logs openmetadata`."
        )
    token = bot_token(values)
    change_token(file, token)
    return {**values, "OPEN_METADATA_TOKEN": token}


def _is_served(url: str) -> bool:
    try:
        answer = httpx.get(url + VERSION_PATH, timeout=PROBE_SECONDS)
    except httpx.HTTPError:
        return False
    return answer.is_success


def _all_answer(stack: Stack, values: Mapping[str, str]) -> bool:
    return all(one.healthy for one in statuses(stack, values))
