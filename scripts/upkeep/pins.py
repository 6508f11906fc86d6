"""What is pinned, where, and the source of newer versions."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checkout.paths import ROOT
from checkout.versions import FILE as VERSIONS
from checkout.versions import pinned_versions
from upkeep.registry import ImageTags
from upkeep.sources import GitTags, MavenVersions, PackageIndex, Source

PROJECT = "pyproject.toml"
COMPOSE = "compose.yaml"
ACTIONS = ".github/workflows"
GIT_HUB = "https://github.com"
KEYCLOAK = "org/keycloak/keycloak-quarkus-dist"
REQUIREMENT = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?==(.+)$")
USES = re.compile(r"uses: ([\w.-]+/[\w.-]+)@([0-9a-f]{40})\s+# (\S+)")
IMAGE_VARIABLES = ("PYTHON_IMAGE", "K3S_IMAGE")
REPOSITORIES = {
    "ARGO_WORKFLOWS_VERSION": "argoproj/argo-workflows",
    "ARGO_EVENTS_VERSION": "argoproj/argo-events",
}
TOOLS = {"UV_VERSION": "uv"}


@dataclass(frozen=True)
class Pin:
    """A version that is pinned.

    Attributes:
        name: What it is the version of.
        version: The version, as it is written there.
        place: The file that pins it.
        source: The source of newer versions.
    """

    name: str
    version: str
    place: str
    source: Source


def all_pins(root: Path = ROOT) -> list[Pin]:
    """Lists everything that a checkout pins.

    Args:
        root: The checkout.

    Returns:
        The pins, each version of a thing once.
    """
    found = [
        *_packages(root),
        *_tools(root),
        *_images(root),
        *_repositories(root),
        *_actions(root),
    ]
    return list(dict.fromkeys(found))


def _packages(root: Path) -> Iterator[Pin]:
    document = tomllib.loads((root / PROJECT).read_text("utf-8"))
    for requirement in sorted(set(_requirements(document))):
        match = REQUIREMENT.match(requirement)
        if match:
            yield Pin(match[1], match[2], PROJECT, PackageIndex(match[1]))


def _requirements(document: dict[str, Any]) -> Iterator[str]:
    project = document["project"]
    yield from document["build-system"]["requires"]
    yield from project["dependencies"]
    for groups in (
        project["optional-dependencies"],
        document["dependency-groups"],
    ):
        for group in groups.values():
            yield from group


def _tools(root: Path) -> Iterator[Pin]:
    versions = pinned_versions(root / VERSIONS.name)
    for variable, package in TOOLS.items():
        yield Pin(
            package, versions[variable], VERSIONS.name, PackageIndex(package)
        )
    yield Pin(
        "Keycloak",
        versions["KEYCLOAK_VERSION"],
        VERSIONS.name,
        MavenVersions(KEYCLOAK, like=versions["KEYCLOAK_VERSION"]),
    )


def _images(root: Path) -> Iterator[Pin]:
    versions = pinned_versions(root / VERSIONS.name)
    for variable in IMAGE_VARIABLES:
        yield _image(versions[variable], VERSIONS.name)
    compose = root / COMPOSE
    if compose.exists():
        services = yaml.safe_load(compose.read_text("utf-8"))["services"]
        for service in services.values():
            if "image" in service and "build" not in service:
                yield _image(service["image"], COMPOSE)


def _image(reference: str, place: str) -> Pin:
    source = ImageTags(reference)
    return Pin(source.name, source.version, place, source)


def _repositories(root: Path) -> Iterator[Pin]:
    versions = pinned_versions(root / VERSIONS.name)
    for variable, repository in REPOSITORIES.items():
        version = versions[variable]
        source = GitTags(f"{GIT_HUB}/{repository}", like=version)
        yield Pin(repository, version, VERSIONS.name, source)


def _actions(root: Path) -> Iterator[Pin]:
    for file in sorted((root / ACTIONS).glob("*.yaml")):
        for action, commit, tag in USES.findall(file.read_text("utf-8")):
            source = GitTags(f"{GIT_HUB}/{action}", like=tag, commit=commit)
            yield Pin(action, tag, ACTIONS, source)
