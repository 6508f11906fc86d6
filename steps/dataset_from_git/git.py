"""Runs Git on untrusted repositories: no hooks, prompts, credentials."""

import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO

from steps.contract.errors import BadSettingsError
from steps.dataset_from_git.git_errors import GitEnd, explain

REMOTE = "origin"
SILENCE_SECONDS = 60
SLOWEST_BYTES_PER_SECOND = 1_000
# Larger objects are written as they come, and never held in memory.
STREAMED_BYTES = 1024**2
INHERITED = (
    "PATH",
    "TMPDIR",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "GIT_SSL_CAINFO",
)
ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "GIT_ASKPASS": "",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
)
CONFIGURATION: Mapping[str, str] = MappingProxyType(
    {
        "core.askPass": "",
        "core.bigFileThreshold": str(STREAMED_BYTES),
        "core.hooksPath": os.devnull,
        "credential.helper": "",
        "fetch.recurseSubmodules": "false",
        "gc.auto": "0",
        "http.lowSpeedLimit": str(SLOWEST_BYTES_PER_SECOND),
        "http.lowSpeedTime": str(SILENCE_SECONDS),
        "lfs.activitytimeout": str(SILENCE_SECONDS),
        "maintenance.auto": "false",
        f"remote.{REMOTE}.partialCloneFilter": "blob:none",
        f"remote.{REMOTE}.promisor": "true",
    }
)

log = logging.getLogger(__name__)


class Git:
    """Git commands on one remote repository, in a folder of their own."""

    def __init__(self, url: str, folder: Path) -> None:
        """Prepares an empty repository; nothing is fetched yet.

        Args:
            url: The remote repository; its scheme is the only one allowed.
            folder: Where everything goes that is fetched.

        Raises:
            ModerateError: Git could not make it.
        """
        self.url = url
        self.folder = folder
        home = folder.with_name(f"{folder.name}-home")
        home.mkdir()
        self._environment = _environment(url, home)
        self.run("init", "--quiet", "--bare", "--template=", str(folder))
        self._environment["GIT_DIR"] = str(folder)

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        stdout: IO[bytes] | int = subprocess.DEVNULL,
    ) -> None:
        """Runs a Git command to its end.

        Args:
            *arguments: What follows ``git``.
            stdin: What it reads.
            stdout: Where it writes.

        Raises:
            ModerateError: It failed; with the reason and what to do.
        """
        program = shutil.which("git")
        if program is None:
            raise BadSettingsError(
                "Git is not installed. The image `datasets` has it; on this "
                "machine, install the packages git and git-lfs."
            )
        with tempfile.TemporaryFile() as errors:
            done = subprocess.run(  # noqa: S603  (no shell is involved)
                [program, *arguments],
                input=stdin,
                stdout=stdout,
                stderr=errors,
                env=self._environment,
                check=False,
            )
            if done.returncode:
                raise explain(
                    GitEnd.read(self.url, arguments, done.returncode, errors)
                )

    def output(self, *arguments: str, limit: int) -> bytes:
        """Runs a Git command and returns what it writes.

        Args:
            *arguments: What follows ``git``.
            limit: The most bytes to return.

        Returns:
            The first bytes of it.

        Raises:
            ModerateError: It failed; with the reason and what to do.
        """
        with tempfile.TemporaryFile() as written:
            self.run(*arguments, stdout=written)
            written.seek(0)
            return written.read(limit)


def _environment(url: str, home: Path) -> dict[str, str]:
    configuration = {**CONFIGURATION, f"remote.{REMOTE}.url": url}
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        **ENVIRONMENT,
        **_as_variables(configuration),
        "GIT_ALLOW_PROTOCOL": url.partition(":")[0],
        "HOME": str(home),
    }


def _as_variables(configuration: Mapping[str, str]) -> dict[str, str]:
    """Writes configuration so that Git LFS and all its children see it."""
    variables = {"GIT_CONFIG_COUNT": str(len(configuration))}
    for number, (key, value) in enumerate(configuration.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables
