"""Settings of the matrix profile pipeline."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from steps.contract.settings import ServiceSettings

LARGEST_INPUT_BYTES = 2 * 1024**3


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


class MatrixProfileSettings(ServiceSettings):
    """Which images may compute, and how large an input may be."""

    service: ClassVar[str] = "matrix-profile"

    matrix_profile_job_image: str = Field(
        description="the image that computes matrix profiles, with its tag",
        examples=["ghcr.io/moderate-project/matrix-profile:1.0.0"],
        pattern=r"^\S+(:|@sha256:)[^\s/]+$",
    )
    matrix_profile_allowed_images: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_split)
    ] = Field(
        default=(),
        description=(
            "the further images that a message may name, separated by "
            "commas; * stands for any text"
        ),
        examples=["ghcr.io/moderate-project/matrix-profile:*"],
    )
    matrix_profile_largest_input_bytes: int = Field(
        default=LARGEST_INPUT_BYTES,
        description="the size in bytes above which an input is refused",
        examples=["2147483648"],
        gt=0,
    )
