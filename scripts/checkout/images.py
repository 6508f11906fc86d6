"""The project's images, and their environments on this machine."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from checkout.paths import ENVIRONMENTS, ROOT
from steps.contract.errors import UnavailableError
from workflows.authoring.names import image_variable

UV = ROOT / "scripts/uv"
LOCAL_TAG = "local"


@dataclass(frozen=True)
class Image:
    """An image that this project builds.

    Attributes:
        name: Its name; its folder under ``images/`` is called the same, and
            so is the extra that holds what it needs.
        variable: The setting that names it.
        entrypoint: What it runs when a container names no command.
        programs: What else runs in it, beside Python.
    """

    name: str
    variable: str
    entrypoint: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()

    @property
    def local_reference(self) -> str:
        """What the image is called in runs on this machine."""
        return f"moderate-workflows/{self.name}:{LOCAL_TAG}"


STEPS = Image("steps", image_variable("steps"))
MATRIX_PROFILE = Image(
    "matrix-profile",
    "MATRIX_PROFILE_JOB_IMAGE",
    entrypoint=("python", "-m", "steps.matrix_profile.compute"),
)
OPENMETADATA = Image("openmetadata", image_variable("openmetadata"))
DATASETS = Image(
    "datasets",
    image_variable("datasets"),
    programs=("git", "git-lfs", "git-remote-http"),
)
IMAGES: Mapping[str, Image] = MappingProxyType(
    {
        image.name: image
        for image in (STEPS, MATRIX_PROFILE, OPENMETADATA, DATASETS)
    }
)


def install(image: Image) -> Path:
    """Installs an image's environment on this machine.

    It holds what the lock lists for the image, and no more.

    Args:
        image: The image.

    Returns:
        The environment's folder.

    Raises:
        UnavailableError: It could not be installed.
    """
    folder = environment_of(image)
    done = subprocess.run(  # noqa: S603  (this checkout's own uv)
        [
            str(UV),
            "sync",
            "--frozen",
            "--no-default-groups",
            f"--extra={image.name}",
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder)},
    )
    if done.returncode:
        raise UnavailableError(
            f"The environment of the image {image.name!r} could not be "
            f"installed:\n{done.stderr.strip()}"
        )
    return folder


def environment_of(image: Image) -> Path:
    """Returns the folder of an image's environment on this machine."""
    return ENVIRONMENTS / image.name
