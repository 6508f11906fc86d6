"""Settings of the matrix profile pipeline."""

import shlex
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from steps.contract.settings import ServiceSettings

LARGEST_INPUT_BYTES = 2 * 1024**3
COMMAND_MARK = "="


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _words(command: str) -> tuple[str, ...]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ValueError(f"{command!r} is not a command: {error}") from error
    if not words or "{{" in command:
        raise ValueError(f"{command!r} is not a command")
    return tuple(words)


def _runnable(command: str) -> str:
    _words(command)
    return command


def _with_command(entry: str) -> str:
    _, mark, command = entry.partition(COMMAND_MARK)
    if mark:
        _words(command)
    return entry


class MatrixProfileSettings(ServiceSettings):
    """Which images may compute, and how large an input may be."""

    service: ClassVar[str] = "matrix-profile"

    matrix_profile_job_image: str = Field(
        description="the image that computes matrix profiles, with its tag",
        examples=["ghcr.io/moderate-project/matrix-profile:1.0.0"],
        pattern=r"^\S+(:|@sha256:)[^\s/]+$",
    )
    matrix_profile_job_command: Annotated[str, AfterValidator(_runnable)] = (
        Field(
            default="python -m steps.matrix_profile.compute",
            description="the command of the job image, as in a shell",
            examples=["python -m steps.matrix_profile.compute"],
        )
    )
    matrix_profile_allowed_images: Annotated[
        tuple[Annotated[str, AfterValidator(_with_command)], ...],
        NoDecode,
        BeforeValidator(_split),
    ] = Field(
        default=(),
        description=(
            "the further images that a message may name, separated by "
            "commas; * stands for any text; =COMMAND behind an image that "
            "has another command than the job image"
        ),
        examples=["ghcr.io/moderate-project/matrix-profile:*"],
    )
    matrix_profile_largest_input_bytes: int = Field(
        default=LARGEST_INPUT_BYTES,
        description="the size in bytes above which an input is refused",
        examples=["2147483648"],
        gt=0,
    )

    @property
    def commands(self) -> list[tuple[str, tuple[str, ...]]]:
        """The commands by image; further images are patterns."""
        own = self.matrix_profile_job_command
        further = [
            entry.partition(COMMAND_MARK)
            for entry in self.matrix_profile_allowed_images
        ]
        return [
            (self.matrix_profile_job_image, _words(own)),
            *(
                (pattern, _words(command or own))
                for pattern, _, command in further
            ),
        ]
