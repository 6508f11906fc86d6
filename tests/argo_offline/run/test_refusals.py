"""What is not supported is refused before anything runs."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from argo_offline.run import LocalRunError
from tests.argo_offline.run.workflows import MOUNT, python, run, workflow

TASK = {"name": "a", "template": "main"}
SCRIPT = {"image": "steps", "source": "print(1)"}
POD = {"container": {"image": "steps"}}
MEMOIZE = {
    "cache": {"configMap": {"name": "x", "key": "y"}},
    "key": "k",
    "maxAge": "1h",
}
ARTIFACTS = {"artifacts": [{"name": "x", "path": f"{MOUNT}/x"}]}
MAIN = f"small.yaml: template main: {'{}'} is not supported"


def refusal(document: dict[str, Any], folder: Path, **given: str) -> str:
    with pytest.raises(LocalRunError) as refused:
        asyncio.run(run(document, folder, arguments=given))
    assert not (folder / "run").exists()
    return str(refused.value)


@pytest.mark.parametrize(
    ("main", "field"),
    [
        ({"script": SCRIPT}, "script"),
        ({"suspend": {}}, "suspend"),
        ({"http": {"url": "http://x"}}, "http"),
        ({"resource": {"action": "get"}}, "resource"),
        ({"containerSet": {"containers": [{"name": "main"}]}}, "containerSet"),
        ({"plugin": {}}, "plugin"),
        ({**POD, "sidecars": []}, "sidecars"),
        ({**POD, "initContainers": []}, "initContainers"),
        ({**POD, "memoize": MEMOIZE}, "memoize"),
        ({**POD, "daemon": True}, "daemon"),
        ({**POD, "inputs": ARTIFACTS}, "inputs.artifacts"),
        ({**POD, "outputs": ARTIFACTS}, "outputs.artifacts"),
        (
            {"container": {"image": "steps", "lifecycle": {}}},
            "container.lifecycle",
        ),
        (
            {**POD, "volumes": [{"name": "x", "hostPath": {"path": "/"}}]},
            "volumes[0].hostPath",
        ),
        (
            {"dag": {"tasks": [{**TASK, "onExit": "main"}]}},
            "dag.tasks[0].onExit",
        ),
        (
            {"steps": [[{**TASK, "withSequence": {}}]]},
            "steps[0][0].withSequence",
        ),
    ],
)
def test_unsupported_field_is_named_with_file_and_template(
    main: Mapping[str, Any], field: str, tmp_path: Path
) -> None:
    assert refusal(workflow(main), tmp_path).startswith(MAIN.format(field))


def test_unknown_field_is_named_in_the_words_of_lint(tmp_path: Path) -> None:
    document = workflow({"container": {"image": "steps", "comand": ["x"]}})

    assert refusal(document, tmp_path) == (
        "small.yaml: spec.templates[main].container: has no field 'comand'; "
        "did you mean 'command'?"
    )


def test_unsupported_field_of_the_spec_is_named(tmp_path: Path) -> None:
    document = workflow({"container": python("")}, hooks={})

    assert "small.yaml: spec.hooks is not" in refusal(document, tmp_path)


def test_other_kind_is_refused(tmp_path: Path) -> None:
    document = {**workflow(POD), "kind": "ClusterWorkflowTemplate"}

    assert "kind 'ClusterWorkflowTemplate'" in refusal(document, tmp_path)


def test_missing_template_is_named(tmp_path: Path) -> None:
    document = workflow({"dag": {"tasks": [{"name": "a", "template": "b"}]}})

    assert "there is no template 'b' in WorkflowTemplate small" in refusal(
        document, tmp_path
    )


def test_missing_entry_point_is_refused(tmp_path: Path) -> None:
    document = workflow({"container": python("")}, entrypoint="nothing")

    assert "entrypoint: there is no template 'nothing'" in refusal(
        document, tmp_path
    )


def test_cycle_is_named(tmp_path: Path) -> None:
    tasks = [
        {"name": "a", "template": "b", "depends": "c"},
        {"name": "c", "template": "b", "depends": "a"},
    ]
    document = workflow(
        {"dag": {"tasks": tasks}}, {"name": "b", "container": python("")}
    )

    assert "wait in a circle: a → c → a" in refusal(document, tmp_path)


def test_unknown_dependency_is_named(tmp_path: Path) -> None:
    document = workflow({"dag": {"tasks": [{**TASK, "depends": "b"}]}})

    assert "task a: depends on task 'b', which is not there" in refusal(
        document, tmp_path
    )


def test_unknown_result_in_depends_is_named(tmp_path: Path) -> None:
    tasks = [TASK, {**TASK, "name": "b", "depends": "a.Done"}]
    document = workflow({"dag": {"tasks": tasks}})

    assert "depends: 'a.Done' is no status" in refusal(document, tmp_path)


def test_output_outside_of_every_volume_is_named(tmp_path: Path) -> None:
    outputs = {"parameters": [{"name": "x", "valueFrom": {"path": "/x"}}]}
    document = workflow({"container": python(""), "outputs": outputs})

    message = refusal(document, tmp_path)
    assert "outputs.parameters.x.valueFrom.path: /x is not below" in message


def test_undeclared_volume_is_named(tmp_path: Path) -> None:
    document = workflow({"container": python("")}, volumes=[])

    assert "the volume tmp is not declared" in refusal(document, tmp_path)


def test_undeclared_argument_is_named(tmp_path: Path) -> None:
    document = workflow({"container": python("")})

    message = refusal(document, tmp_path, nosuch="x")
    assert message.startswith("the workflow does not declare nosuch")


def test_argument_off_the_list_is_named(tmp_path: Path) -> None:
    parameter = {"name": "mode", "value": "a", "enum": ["a", "b"]}
    document = workflow(
        {"container": python("")}, arguments={"parameters": [parameter]}
    )

    message = refusal(document, tmp_path, mode="c")
    assert "should be present in spec.arguments.mode.enum" in message


def test_expression_in_a_value_that_cannot_be_parsed_is_refused(
    tmp_path: Path,
) -> None:
    parameter = {"name": "value"}
    document = workflow(
        {"container": python("")}, arguments={"parameters": [parameter]}
    )

    message = refusal(document, tmp_path, value="{{=1 +}}")
    assert "'{{=1 +}}' is no expression: ends where" in message


def test_unsupported_expression_in_a_value_is_refused(tmp_path: Path) -> None:
    parameter = {"name": "value"}
    container = python("", args=["{{workflow.parameters.value}}"])
    document = workflow(
        {"container": container}, arguments={"parameters": [parameter]}
    )

    message = refusal(document, tmp_path, value="{{=sort([3, 1])}}")
    assert "'sort([3, 1])': the function sort is not supported" in message


def test_folder_of_an_earlier_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "summary.json").touch()

    with pytest.raises(LocalRunError, match="is not empty"):
        asyncio.run(run(workflow({"container": python("")}), tmp_path))
