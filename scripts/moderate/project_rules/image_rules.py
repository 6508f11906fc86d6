"""Rules on container images."""

import re
from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from moderate.project_rules.group import PROJECT
from moderate.project_rules.pods import template_containers

# The renderer sets this image where a workflow sets none.
IMAGE_NOT_SET = "image-not-set"
HERA_DEFAULT_IMAGE = "python:3.10"
WHOLLY_A_TAG = re.compile(r"\{\{[^{}]+\}\}")
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def images(folder: Folder) -> Iterator[Finding]:
    """Refuse missing images and images without a fixed version.

    Args:
        folder: The files.

    Yields:
        One finding per container.
    """
    for container in template_containers(folder):
        problem = image_problem(text(container.body.get("image")))
        if problem:
            yield container.finding(problem)


def image_problem(image: str) -> str:
    """Check an image.

    Args:
        image: The image with its tag or digest.

    Returns:
        What is wrong and what to do, empty when nothing is.
    """
    if not image or image.partition(":")[0] == IMAGE_NOT_SET:
        return "has no image; set 'image'"
    if image == HERA_DEFAULT_IMAGE:
        return f"has Hera's default image '{image}'; set 'image'"
    if WHOLLY_A_TAG.fullmatch(image) or DIGEST.search(image):
        return ""
    _, colon, version = image.rpartition("/")[2].partition(":")
    if not colon or not version:
        return f"image '{image}' has no version; add a tag or a digest"
    if version == "latest":
        return f"image '{image}' has no fixed version; name one"
    return ""


RULES = (
    Rule(
        "images",
        "images are set and have a fixed version",
        images,
        PROJECT,
    ),
)
