"""The Dockerfiles agree with the tools about the images."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from checkout.images import IMAGES, MATRIX_PROFILE, Image
from checkout.paths import ROOT
from checkout.versions import pinned_versions
from steps.matrix_profile.settings import MatrixProfileSettings

FOLDER = ROOT / "images"
BUILD = ROOT / "scripts/build_images"
BASE = re.compile(
    r"docker\.io/library/python:3\.\d+-slim-\w+@sha256:[0-9a-f]{64}"
)
ARGUMENT = re.compile(r"^ARG (PYTHON_IMAGE|UV_VERSION)(.*)$", re.MULTILINE)
ENTRYPOINT = re.compile(r"^ENTRYPOINT (.*)$", re.MULTILINE)
EXTRA = re.compile(r"--extra (\S+)")
USER = re.compile(r"^USER (.*)$", re.MULTILINE)
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


def test_the_job_image_s_default_command_is_its_entrypoint() -> None:
    field = MatrixProfileSettings.model_fields["matrix_profile_job_command"]
    assert field.default == shlex.join(MATRIX_PROFILE.entrypoint)


@each_image
def test_an_image_holds_the_extra_of_its_name(image: Image) -> None:
    assert set(EXTRA.findall(dockerfile(image))) == {image.name}


def test_the_base_is_pinned_by_tag_and_digest() -> None:
    assert BASE.fullmatch(pinned_versions()["PYTHON_IMAGE"])


@each_image
def test_a_dockerfile_pins_nothing_itself(image: Image) -> None:
    assert ARGUMENT.findall(dockerfile(image)) == [
        ("PYTHON_IMAGE", ""),
        ("UV_VERSION", ""),
    ]


@each_image
def test_an_image_runs_as_a_numeric_user(image: Image) -> None:
    last_stage = dockerfile(image).rpartition("\nFROM ")[2]
    assert USER.findall(last_stage) == ["65532:65532"]


@each_image
@pytest.mark.parametrize("label", LABELS)
def test_an_image_has_its_labels(image: Image, label: str) -> None:
    assert f"org.opencontainers.image.{label}=" in dockerfile(image)


@pytest.mark.parametrize(
    ("options", "base"),
    [
        ((), pinned_versions()["PYTHON_IMAGE"]),
        (("--python-image=localhost/python:3",), "localhost/python:3"),
    ],
    ids=["pinned", "another"],
)
def test_a_build_gets_the_pinned_versions(
    tmp_path: Path, options: tuple[str, ...], base: str
) -> None:
    engine = tmp_path / "docker"
    engine.write_text('#!/bin/sh\necho "$@" >&2\n')
    engine.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        [BUILD, "--engine=docker", *options, "steps"],
        capture_output=True,
        check=True,
        env={**os.environ, "PATH": path},
        text=True,
    )
    assert f"--build-arg PYTHON_IMAGE={base} " in done.stderr
    version = pinned_versions()["UV_VERSION"]
    assert f"--build-arg UV_VERSION={version} " in done.stderr


def test_help_lists_the_images() -> None:
    output = build_images("--help").stdout
    assert all(f"\n  {name}\n" in output for name in IMAGES)


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
