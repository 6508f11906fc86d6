"""Manifests of other people: linted and run from their files."""

import subprocess
import sys
from pathlib import Path

import pytest

from checkout.paths import ROOT

IMAGE = f"img={Path(sys.prefix)}"
MANIFEST = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: other-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: code, value: '0'}]}
  templates:
  - name: main
    retryStrategy:
      limit: 1
      expression: asInt(lastRetry.exitCode) == -1
    container:
      image: img
      command: [python, -c, 'import sys; sys.exit(int(sys.argv[1]))']
      args: ['{{workflow.parameters.code}}']
"""
WRONG = MANIFEST.replace("entrypoint: main", "entrypoint: man")
LEFT = MANIFEST.replace("{{workflow.parameters.code}}", "{{item}}")


def command(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the package's own command line."""
    return subprocess.run(
        [sys.executable, "-m", "argo_offline", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT / "scripts")},
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a manifest that is right."""
    path = tmp_path / "other.yaml"
    path.write_text(MANIFEST)
    return path


def test_a_right_manifest_has_no_findings(file: Path) -> None:
    done = command("lint", str(file), cwd=file.parent)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_wrong_manifest_is_a_finding_and_does_not_run(file: Path) -> None:
    file.write_text(WRONG)
    found = command("lint", str(file), cwd=file.parent)
    assert found.returncode == 1
    assert "there is no template 'man'" in found.stdout
    run = command("run", str(file), "--image", IMAGE, cwd=file.parent)
    assert run.returncode == 2
    assert "there is no template 'man'" in run.stderr


def test_what_argo_lets_pass_is_a_finding_with_strict(file: Path) -> None:
    file.write_text(LEFT)
    assert command("lint", str(file), cwd=file.parent).returncode == 0
    done = command("lint", "--strict", str(file), cwd=file.parent)
    assert "strict/left-as-text" in done.stdout


@pytest.mark.parametrize(("code", "ended"), [("0", 0), ("3", 1)])
def test_a_manifest_runs_with_an_environment_as_its_image(
    file: Path, code: str, ended: int
) -> None:
    done = command(
        "run",
        str(file),
        f"--image={IMAGE}",
        f"--parameter=code={code}",
        "--folder=left",
        cwd=file.parent,
    )
    assert done.returncode == ended
    assert (file.parent / "left" / "summary.json").exists()


@pytest.mark.parametrize(("pods", "ended"), [("1", 0), ("2", 1)])
def test_an_evicted_pod_has_no_exit_code_and_is_repeated_where_asked(
    file: Path, pods: str, ended: int
) -> None:
    done = command(
        "run",
        str(file),
        f"--image={IMAGE}",
        f"--evict=main={pods}",
        "--folder=left",
        cwd=file.parent,
    )
    assert done.returncode == ended
    assert "The node was low on resource: memory" in done.stdout


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--image", "img"), "is not NAME=FOLDER"),
        (("--image", "img=nowhere"), "has a bin"),
        (("-p", "code"), "is not KEY=VALUE"),
        (("-p", "other=1"), "does not declare other"),
        (("--evict", "main=x"), "is not TEMPLATE or TEMPLATE=NUMBER"),
        (("--name", "absent"), "no workflow absent"),
    ],
)
def test_what_cannot_be_carried_out_has_a_reason(
    file: Path, words: tuple[str, ...], problem: str
) -> None:
    done = command("run", str(file), *words, cwd=file.parent)
    assert done.returncode == 2
    assert problem in done.stderr


def test_objects_beside_a_workflow_are_its_cluster(file: Path) -> None:
    config_map = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: codes}
data: {code: '0'}
"""
    source = "valueFrom: {configMapKeyRef: {name: codes, key: code}}"
    env = f"      env: [{{name: CODE, {source}}}]\n"
    program = MANIFEST.replace(
        "sys.argv[1]", "__import__('os').environ['CODE']"
    )
    program = program.replace("'import sys; ", '"import sys; ').replace(
        "['CODE']))'", "['CODE']))\""
    )
    file.write_text(program + env + config_map)
    done = command(
        "run", str(file), f"--image={IMAGE}", "--folder=x", cwd=file.parent
    )
    assert (done.returncode, done.stderr) == (0, "")
