"""What the services download and prepare, kept between runs."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from steps.contract.errors import UnavailableError

FOLDER_VARIABLE = "XDG_CACHE_HOME"
MAVEN_VARIABLE = "MAVEN_REPOSITORY_URL"
MAVEN_CENTRAL = "https://repo1.maven.org/maven2"
TIMEOUT_SECONDS = 60.0


def cache_folder() -> Path:
    """Returns the folder of this project in the user's cache.

    Returns:
        The folder, created when absent; only this user may enter it.
    """
    above = os.environ.get(FOLDER_VARIABLE) or Path.home() / ".cache"
    folder = Path(above) / "moderate-workflows"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Lets one process at a time prepare a thing in the cache.

    Args:
        name: What is prepared.

    Yields:
        Once no other process prepares it.
    """
    with (cache_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def downloaded_from_maven(path: str, sha256: str) -> Iterator[Path]:
    """Downloads a file of a Maven repository.

    Args:
        path: Where it is in the repository.
        sha256: Its checksum, in hexadecimal.

    Yields:
        The file, which is removed afterwards.

    Raises:
        UnavailableError: It could not be had, or is not what it should be.
    """
    repository = os.environ.get(MAVEN_VARIABLE) or MAVEN_CENTRAL
    url = f"{repository.rstrip('/')}/{path}"
    with tempfile.NamedTemporaryFile(dir=cache_folder()) as file:
        checksum = hashlib.sha256()
        try:
            with httpx.stream(
                "GET", url, timeout=TIMEOUT_SECONDS, follow_redirects=True
            ) as answer:
                answer.raise_for_status()
                for part in answer.iter_bytes():
                    checksum.update(part)
                    file.write(part)
        except httpx.HTTPError as error:
            raise UnavailableError(
                f"{url} could not be downloaded: {error}. Where a mirror "
                f"has it, set {MAVEN_VARIABLE} to the mirror's URL."
            ) from error
        file.flush()
        if checksum.hexdigest() != sha256:
            raise UnavailableError(
                f"{url} has the checksum {checksum.hexdigest()} instead of "
                f"{sha256}; it is not used."
            )
        yield Path(file.name)
