"""Images: what a container runs, and in which environment."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from argo_offline.run.cluster import LocalCluster, LocalImage
from argo_offline.run.errors import LocalRunError
from argo_offline.run.kubelet import expand_references
from argo_offline.run.nodes import Json

SYSTEM_PATH: Final = (
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)
_TEMPORARY = "/tmp"  # noqa: S108 - where a container looks for it


class ImageError(LocalRunError):
    """An image is not among the local ones."""


class CommandError(LocalRunError):
    """A container's command cannot be started."""


class CommandNotFoundError(CommandError):
    """A container's command does not exist in its image."""


def find_image(container: Json, cluster: LocalCluster) -> LocalImage:
    """Finds a container's image.

    Args:
        container: The container, tags replaced.
        cluster: The images.

    Returns:
        The image.

    Raises:
        ImageError: It is not among the local ones.
    """
    reference = str(container.get("image", ""))
    if reference not in cluster.images:
        raise ImageError(
            f'ImagePullBackOff: Back-off pulling image "{reference}": it is '
            "not among the local images: "
            f"{', '.join(sorted(cluster.images)) or 'there are none'}"
        )
    return cluster.images[reference]


def find_command(
    container: Json,
    image: LocalImage,
    own: Mapping[str, str],
    environment: Mapping[str, str],
) -> tuple[str, ...]:
    """Finds the program that a container runs.

    Args:
        container: The container, tags replaced.
        image: Its image; its entry point stands in for a command.
        own: The variables that ``$(NAME)`` may name.
        environment: All variables of the process.

    Returns:
        The program's path and its arguments.

    Raises:
        CommandError: There is no command, or no such program.
    """
    command = list(container.get("command") or image.entrypoint)
    words = [
        expand_references(str(word), own)
        for word in [*command, *container.get("args", [])]
    ]
    if not words:
        raise CommandError("the container has no command, nor has its image")
    program = shutil.which(words[0], path=environment["PATH"])
    if program is None:
        raise CommandNotFoundError(
            f'failed to find name in PATH: exec: "{words[0]}": executable '
            "file not found in $PATH"
        )
    return (program, *words[1:])


def base_environment(
    image: LocalImage,
    host: str,
    home: Path,
    folders: Mapping[str, Path],
) -> dict[str, str]:
    """Builds the variables that a process has before its container's own.

    Args:
        image: Its image.
        host: Its host name.
        home: Its home folder.
        folders: Its volumes by mount path.

    Returns:
        Values by name.
    """
    base = {
        "PATH": ":".join([*map(str, image.path), SYSTEM_PATH]),
        "HOSTNAME": host,
        "HOME": str(home),
    }
    if _TEMPORARY in folders:
        base["TMPDIR"] = str(folders[_TEMPORARY])
    return {**base, **image.environment}
