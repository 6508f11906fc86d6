"""The Dockerfiles agree with what the tools say of the images."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from moderate.checkout import ROOT
from moderate.images import IMAGES, Image

FOLDER = ROOT / "images"
BUILD = ROOT / "scripts/build_images"
BASE = re.compile(
    r"^ARG PYTHON_IMAGE=docker\.io/library/python:3\.\d+-slim-\w+"
    r"@sha256:[0-9a-f]{64}$",
    re.MULTILINE,
)
ENTRYPOINT = re.compile(r"^ENTRYPOINT (.*)$", re.MULTILINE)
EXTRA = re.compile(r"--extra (\S+)")
USER = re.compile(r"^USER (.*)$", re.MULTILINE)
UV_VERSION = re.compile(r"UV_VERSION=([\d.]+)")
LABELS = ("title", "description", "source", "version", "revision")

each_image = pytest.mark.parametrize(
    "image", IMAGES.values(), ids=IMAGES.keys()
)


def dockerfile(image: Image) -> str:
    """Reads an image's Dockerfile."""
    return (FOLDER / image.name / "Dockerfile").read_text(encoding="utf-8")


def build_images(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command that builds images."""
    return subprocess.run(
        [BUILD, *arguments], capture_output=True, check=False, text=True
    )


def test_every_image_has_a_dockerfile() -> None:
    folders = {file.parent.name for file in FOLDER.glob("*/Dockerfile")}
    assert folders == set(IMAGES)


@each_image
def test_an_entrypoint_is_the_one_of_local_runs(image: Image) -> None:
    found = ENTRYPOINT.findall(dockerfile(image))
    assert [tuple(json.loads(entry)) for entry in found] == (
        [image.entrypoint] if image.entrypoint else []
    )


@each_image
def test_an_image_holds_the_extra_of_its_name(image: Image) -> None:
    assert set(EXTRA.findall(dockerfile(image))) == {image.name}


@each_image
def test_a_base_is_pinned_by_tag_and_digest(image: Image) -> None:
    assert BASE.search(dockerfile(image))


@each_image
def test_the_version_of_uv_is_the_checkouts(image: Image) -> None:
    own = UV_VERSION.findall((ROOT / "scripts/uv").read_text())
    assert UV_VERSION.findall(dockerfile(image)) == own


@each_image
def test_an_image_runs_as_a_numeric_user(image: Image) -> None:
    last_stage = dockerfile(image).rpartition("\nFROM ")[2]
    assert USER.findall(last_stage) == ["65532:65532"]


@each_image
@pytest.mark.parametrize("label", LABELS)
def test_an_image_says_what_it_is(image: Image, label: str) -> None:
    assert f"org.opencontainers.image.{label}=" in dockerfile(image)


def test_images_have_one_base() -> None:
    bases = {BASE.findall(dockerfile(image))[0] for image in IMAGES.values()}
    assert len(bases) == 1


def test_help_lists_the_images() -> None:
    told = build_images("--help").stdout
    assert all(f"\n  {name}\n" in told for name in IMAGES)


def test_an_unknown_image_is_refused_by_name() -> None:
    done = build_images("nosuch")
    assert done.returncode == 64
    assert "no image 'nosuch'" in done.stderr


def test_an_unknown_engine_is_refused_by_name() -> None:
    done = build_images("--engine", "nosuch")
    assert done.returncode == 64
    assert "unknown engine 'nosuch'" in done.stderr


def test_the_context_leaves_out_what_no_image_holds() -> None:
    patterns = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {Path(line[1:]) for line in patterns if line.startswith("!")}
    assert kept == {
        Path("README.md"),
        Path("images/collect_runtime.py"),
        Path("images/openmetadata/NOTICE"),
        Path("pyproject.toml"),
        Path("steps"),
        Path("uv.lock"),
    }
