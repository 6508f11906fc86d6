"""Rendering gives the same bytes each time, and check sees any other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hera.shared import global_config

from moderate import render
from moderate.render import Drift, Fault
from tests.step_process import ROOT

COMMITTED = ROOT / "charts" / "moderate-workflows" / "rendered"
TEMPLATE = "matrix-profile.workflowtemplate.yaml"
PRINT_RENDERED = """\
import json, sys
from moderate.render import render
json.dump(render(), sys.stdout)
"""
SCRAMBLED = {
    "ARGO_NAMESPACE": "evil",
    "ARGO_SERVER": "evil:2746",
    "ARGO_TOKEN": "evil",
    "HERA_GLOBAL_CONFIG": "evil",
    "LANG": "tr_TR.UTF-8",
    "MATRIX_PROFILE_JOB_IMAGE": "evil/image:1",
    "S3_BUCKET_NAME": "evil",
    "STEPS_IMAGE": "evil/image:1",
    "STEP_OUTPUTS_DIR": "/evil",
    "TZ": "Asia/Kathmandu",
}


def rendered_with(environment: dict[str, str]) -> bytes:
    """Render in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", PRINT_RENDERED],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=True,
    ).stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what is rendered."""
    render.write(tmp_path)
    return tmp_path


def test_the_committed_files_are_what_the_code_renders() -> None:
    assert render.check(COMMITTED, render.render_for_kustomize) == []


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2"},
        {**os.environ, **SCRAMBLED},
    ],
    ids=["one hash seed", "another hash seed", "scrambled environment"],
)
def test_the_environment_changes_nothing(environment: dict[str, str]) -> None:
    expected = {name: text.encode() for name, text in render.render().items()}
    found = yaml.safe_load(rendered_with(environment))
    assert {name: text.encode() for name, text in found.items()} == expected


def test_what_others_set_in_hera_changes_nothing() -> None:
    expected = render.render()
    global_config.image = "evil:1"
    global_config.namespace = "evil"
    global_config.service_account_name = "evil"
    global_config.api_version = "evil/v1"
    assert render.render() == expected


def test_hooks_that_others_register_in_hera_change_nothing() -> None:
    expected = render.render()
    global_config.register_pre_build_hook(_spoil)
    assert render.render() == expected


def _spoil(built: object) -> object:
    raise AssertionError(built)


def test_a_rendered_folder_has_no_drift(folder: Path) -> None:
    assert render.check(folder) == []


def test_an_edited_file_is_found(folder: Path) -> None:
    with (folder / TEMPLATE).open("a") as file:
        file.write("# edited\n")
    assert render.check(folder) == [Drift(TEMPLATE, Fault.EDITED)]


def test_other_line_ends_are_an_edit(folder: Path) -> None:
    file = folder / TEMPLATE
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert render.check(folder) == [Drift(TEMPLATE, Fault.EDITED)]


def test_a_missing_file_is_found(folder: Path) -> None:
    (folder / TEMPLATE).unlink()
    assert render.check(folder) == [Drift(TEMPLATE, Fault.MISSING)]


def test_an_orphaned_file_is_found(folder: Path) -> None:
    (folder / "old.yaml").touch()
    assert render.check(folder) == [Drift("old.yaml", Fault.ORPHANED)]


def test_an_orphan_that_is_no_text_is_found(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"\xff\xfe\x00")
    assert render.check(folder) == [Drift(".DS_Store", Fault.ORPHANED)]


def test_in_an_absent_folder_everything_is_missing(tmp_path: Path) -> None:
    drifts = render.check(tmp_path / "absent")
    assert {drift.file for drift in drifts} == render.render().keys()
    assert {drift.fault for drift in drifts} == {Fault.MISSING}


def test_writing_corrects_every_drift(folder: Path) -> None:
    (folder / TEMPLATE).write_text("edited")
    (folder / "old.yaml").touch()
    assert render.write(folder) == [TEMPLATE, "old.yaml"]
    assert render.check(folder) == []


def test_writing_twice_changes_nothing(folder: Path) -> None:
    assert render.write(folder) == []


def test_each_object_has_a_file_of_its_own() -> None:
    for name, text in render.render().items():
        (document,) = yaml.safe_load_all(text)
        assert name.startswith(f"{document['metadata']['name']}.")
        assert name.endswith(f".{document['kind'].lower()}.yaml")


def test_no_line_is_rendered_with_an_anchor() -> None:
    for text in render.render().values():
        assert not any(
            line.strip().endswith(("&id001", "*id001"))
            for line in text.splitlines()
        )
