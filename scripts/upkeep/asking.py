"""Asking programs and servers, and what their answers are worth."""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import httpx

from checkout.paths import ROOT

TIMEOUT_SECONDS = 30
NOTHING: Mapping[str, str] = MappingProxyType({})


class NotAskedError(Exception):
    """A source could not be asked; with the reason."""


def newest_like(version: str, known: Iterable[str]) -> str:
    """Finds the newest of the versions that are written alike.

    Args:
        version: For example ``v1.34.1-k3s1``.
        known: All versions that there are.

    Returns:
        The version whose numbers are the largest.

    Raises:
        NotAskedError: None is written like it.
    """
    pattern = re.compile(re.sub(r"\d+", r"(\\d+)", re.escape(version)))
    matches = [match for one in known if (match := pattern.fullmatch(one))]
    if not matches:
        raise NotAskedError(f"no version that is written like {version}")
    return max(matches, key=lambda match: [int(n) for n in match.groups()])[0]


def run(*command: str, given: str = "") -> str:
    """Runs a program that asks somebody.

    Args:
        *command: The command.
        given: What it reads.

    Returns:
        What it printed.

    Raises:
        NotAskedError: It failed, or took too long.
    """
    try:
        done = subprocess.run(  # noqa: S603  (fixed commands, no shell)
            command,
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
            input=given,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        raise NotAskedError(_last_line(error.stderr)) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAskedError(str(error)) from error
    return done.stdout


def request(
    method: str, url: str, headers: Mapping[str, str] = NOTHING
) -> httpx.Response:
    """Asks a server.

    Args:
        method: GET or HEAD.
        url: What for.
        headers: Sent with it.

    Returns:
        The answer, 401 among them.

    Raises:
        NotAskedError: There was none, or it was another error.
    """
    try:
        answer = httpx.request(
            method,
            url,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            follow_redirects=True,
        )
    except httpx.HTTPError as error:
        raise NotAskedError(f"{url}: {error}") from error
    if answer.is_error and answer.status_code != httpx.codes.UNAUTHORIZED:
        raise NotAskedError(f"{url} answered {answer.status_code}")
    return answer


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it failed without a message"
