"""What this project has left on this machine, and how it is removed."""

import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from local_services.stack.names import Stack
from steps.contract.errors import ModerateError

CLUSTER = "moderate"
IMAGES = "localhost/moderate-workflows/*"
SERVICES = ".services"
DOTENV = ".env"
LOCAL_CLUSTER = "scripts/local_cluster"
# The environment that this tool runs in goes last.
FOLDERS = (
    "runs",
    "dist",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venvs",
    ".tools",
    ".venv",
)
LISTING = {
    "docker": ("image", "ls", "--format={{.Repository}}:{{.Tag}}"),
    "podman": ("image", "ls", "--format={{.Repository}}:{{.Tag}}"),
    "buildah": ("images", "--format={{.Name}}:{{.Tag}}"),
}
FILTER = f"--filter=reference={IMAGES}"
# The two keep their images in one place.
SAME_STORE = frozenset({"podman", "buildah"})


@dataclass(frozen=True)
class Leftover:
    """Something that can be removed.

    Attributes:
        kind: What kind of thing it is.
        name: What it is called.
        bytes: How large it is, where that is known.
        remove: Removes it; raises ModerateError or OSError where it cannot.
    """

    kind: str
    name: str
    bytes: int | None
    remove: Callable[[], None] = field(repr=False)


@dataclass(frozen=True)
class Search:
    """What was found, and what could not be looked at.

    Attributes:
        found: What can be removed, in the order in which it is to go.
        remarks: Remarks for the user.
    """

    found: list[Leftover]
    remarks: list[str]


def find_leftovers(root: Path, cache: Path) -> Search:
    """Lists everything that the project's tasks leave behind.

    Settings (``.env``) stay, and so does what other projects use, such as
    uv's cache.

    Args:
        root: The checkout.
        cache: The project's folder in the user's cache.

    Returns:
        What was found.
    """
    remarks: list[str] = []
    found = [
        *_services(root),
        *_cluster(root),
        *_images(remarks),
        *_folders([cache, *(root / name for name in FOLDERS)]),
    ]
    if (root / DOTENV).exists():
        remarks.append(f"{root / DOTENV} stays: it holds your settings.")
    return Search(found, remarks)


def _services(root: Path) -> Iterator[Leftover]:
    folder = root / SERVICES
    if folder.exists():
        yield Leftover(
            "services",
            f"{folder}, the services and what they have stored",
            size_of(folder),
            lambda: _end_services(root),
        )


def _end_services(root: Path) -> None:
    from local_services.stack.stack import down

    folder = root / SERVICES
    down(Stack(root / DOTENV, folder), with_data=True)
    if folder.exists():
        shutil.rmtree(folder)


def _cluster(root: Path) -> Iterator[Leftover]:
    if shutil.which("k3d") is None:
        return
    if _call("k3d", "cluster", "get", CLUSTER).returncode == 0:
        script = str(root / LOCAL_CLUSTER)
        yield Leftover(
            "cluster",
            f"{CLUSTER}, with all that is in it",
            None,
            lambda: _must(script, "down"),
        )


def _images(remarks: list[str]) -> Iterator[Leftover]:
    seen: set[str] = set()
    for engine, listing in LISTING.items():
        if shutil.which(engine) is None or (
            engine in SAME_STORE and seen & SAME_STORE
        ):
            continue
        listed = _call(engine, *listing, FILTER)
        if listed.returncode:
            remarks.append(
                f"{engine} does not answer, so its images are not looked at: "
                f"{listed.stderr.strip()}"
            )
            continue
        seen.add(engine)
        for name in sorted(set(listed.stdout.split())):
            yield Leftover(
                f"{engine} image", name, None, _remover(engine, name)
            )


def _remover(engine: str, name: str) -> Callable[[], None]:
    return lambda: _must(engine, "rmi", name)


def _folders(folders: list[Path]) -> Iterator[Leftover]:
    for folder in folders:
        if folder.is_dir() and any(folder.iterdir()):
            yield Leftover(
                "folder", str(folder), size_of(folder), _emptier(folder)
            )


def _emptier(folder: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(folder)


def size_of(folder: Path) -> int:
    """Adds up the files below a folder.

    Args:
        folder: The folder.

    Returns:
        Their bytes; links and what vanishes meanwhile count nothing.
    """
    total = 0
    for file in folder.rglob("*"):
        try:
            facts = file.lstat()
        except FileNotFoundError:
            continue
        if stat.S_ISREG(facts.st_mode):
            total += facts.st_size
    return total


def _must(*command: str) -> None:
    done = _call(*command)
    if done.returncode:
        raise ModerateError(f"{' '.join(command)}: {done.stderr.strip()}")


def _call(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  (programs that were found)
        command,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
