"""Everything that is pinned is known, and has one place."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from checkout.paths import ROOT
from checkout.versions import FILE, pinned_versions
from upkeep.pins import all_pins

CHECKSUMS = {"KEYCLOAK_SHA256"}
USES = re.compile(r"uses: (\S+)@(\S+)\s+# (\S+)")
# Neither kustomize nor `docker compose build` nor Go reads versions.env; tests
# compare their copies with it. Documents name the version of a measurement.
COPIES = (
    ":!*.md",
    ":!uv.lock",
    ":!compose.yaml",
    ":!scripts/development/",
    ":!tests/argo_offline/recorded/go.*",
    f":!{FILE.name}",
)


def places_of(text: str) -> list[str]:
    """List the files in which a text stands."""
    done = subprocess.run(
        ["git", "grep", "-lwF", "-e", text, "--", ".", *COPIES],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", pinned_versions())
def test_a_version_is_pinned_in_one_place(name: str) -> None:
    assert places_of(pinned_versions()[name]) == []


def test_the_recorded_table_is_of_the_pinned_argo() -> None:
    module = ROOT / "tests/argo_offline/recorded/go.mod"
    version = pinned_versions()["ARGO_WORKFLOWS_VERSION"]
    assert f"argo-workflows/v3 {version}" in module.read_text("utf-8")


@pytest.mark.parametrize("name", sorted(pinned_versions().keys() - CHECKSUMS))
def test_every_pinned_version_is_asked_for(name: str) -> None:
    tag = pinned_versions()[name].partition("@")[0].rpartition(":")[2]
    known = {one.version.partition("@")[0] for one in all_pins()}
    assert tag in known


def test_every_pinned_package_is_asked_for() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    pinned = set(re.findall(r'==([^"]+)"', text))
    known = {
        one.version for one in all_pins() if one.place == "pyproject.toml"
    }
    assert pinned == known


def test_every_action_is_asked_for() -> None:
    used = {
        (action, version)
        for file in (ROOT / ".github/workflows").glob("*.yaml")
        for action, _, version in USES.findall(file.read_text())
    }
    assert used <= {(one.name, one.version) for one in all_pins()}


def test_an_action_is_pinned_to_one_commit() -> None:
    used = {
        (action, commit)
        for file in (ROOT / ".github/workflows").glob("*.yaml")
        for action, commit, _ in USES.findall(file.read_text())
    }
    assert len(used) == len({action for action, _ in used})


def test_images_of_a_compose_file_are_asked_for(tmp_path: Path) -> None:
    for name in ("pyproject.toml", FILE.name):
        (tmp_path / name).write_text((ROOT / name).read_text())
    services = {
        "a": {"image": "docker.io/library/postgres:18.6"},
        "own": {"image": "localhost/own:dev", "build": "."},
    }
    (tmp_path / "compose.yaml").write_text(yaml.dump({"services": services}))
    found = [one for one in all_pins(tmp_path) if one.place == "compose.yaml"]
    assert [(one.name, one.version) for one in found] == [
        ("docker.io/library/postgres", "18.6")
    ]


def test_python_packages_have_one_version_but_for_the_conflict() -> None:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = document["project"]["optional-dependencies"]
    del extras["openmetadata"]
    pinned = {
        one
        for groups in (extras, document["dependency-groups"])
        for group in groups.values()
        for one in group
    }
    names = [one.partition("==")[0] for one in pinned]
    assert sorted(names) == sorted(set(names))
