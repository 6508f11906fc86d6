"""The WorkflowTemplate ``matrix-profile``: prepare, compute, report."""

from typing import Any

import pytest

from steps.matrix_profile.prepare import PrepareOutputs
from tests.rendered import ContainerTemplate, container_templates
from workflows.matrix_profile.workflow import RUN_DEADLINE_SECONDS

CONTRACT = {
    "FILE_URL",
    "ANALYSIS_VARIABLE",
    "OUTPUT_BUCKET",
    "OUTPUT_KEY",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
    "S3_REGION",
    "S3_ENDPOINT_URL",
}
OWN_VARIABLES = {
    "WHERE",
    "HOME",
    "LEFT_BRACE",
    "LOG_FORMAT",
    "MESSAGE_ID",
    "STEP_OUTPUTS_DIR",
    "TMPDIR",
    "WINDOW_LENGTH",
    "WORKFLOW_NAME",
}


def template(name: str) -> ContainerTemplate:
    """Return a container template of the workflow."""
    (one,) = [
        one
        for one in container_templates()
        if str(one) == f"matrix-profile/{name}"
    ]
    return one


def dag_tasks(spec: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the tasks of a DAG of the workflow."""
    (dag,) = [one["dag"] for one in spec["templates"] if one["name"] == name]
    found: list[dict[str, Any]] = dag["tasks"]
    return found


@pytest.fixture
def spec() -> dict[str, Any]:
    """The workflow's spec."""
    found: dict[str, Any] = template("compute").workflow["spec"]
    return found


def test_report_is_the_exit_handler(spec: dict[str, Any]) -> None:
    assert spec["onExit"] == "exit"
    assert [task["template"] for task in dag_tasks(spec, "exit")] == ["report"]


def test_the_logs_are_kept_for_the_report(spec: dict[str, Any]) -> None:
    assert spec["archiveLogs"] is True


def test_report_is_no_task_of_the_dag(spec: dict[str, Any]) -> None:
    names = [task["name"] for task in dag_tasks(spec, "main")]
    assert names == ["prepare", "compute"]


def test_compute_runs_after_prepare(spec: dict[str, Any]) -> None:
    assert dag_tasks(spec, "main")[1]["depends"] == "prepare"


def test_compute_gets_the_outputs_of_prepare(spec: dict[str, Any]) -> None:
    given = dag_tasks(spec, "main")[1]["arguments"]["parameters"]
    assert {one["name"]: one["value"] for one in given} == {
        name: f"{{{{tasks.prepare.outputs.parameters.{name}}}}}"
        for name in PrepareOutputs.model_fields
        if name != "needed"
    }


def test_compute_runs_only_where_it_is_needed(spec: dict[str, Any]) -> None:
    assert dag_tasks(spec, "main")[1]["when"] == (
        "{{tasks.prepare.outputs.parameters.needed}} == true"
    )


def test_runs_of_one_job_wait_for_each_other(spec: dict[str, Any]) -> None:
    assert spec["synchronization"]["mutexes"] == [
        {"name": "matrix-profile-job-{{workflow.parameters.job_id}}"}
    ]


def test_compute_runs_the_images_own_command() -> None:
    assert "command" not in template("compute").container
    assert "args" not in template("compute").container


def test_compute_gets_the_variables_of_the_contract() -> None:
    environment = template("compute").environment
    assert environment.keys() - OWN_VARIABLES == CONTRACT


def test_compute_gets_no_credential_but_those_of_s3() -> None:
    sources = [
        entry["valueFrom"]["secretKeyRef"]["name"]
        for entry in template("compute").environment.values()
        if "secretKeyRef" in entry.get("valueFrom", {})
    ]
    assert set(sources) == {"moderate-workflows-s3"}


def test_the_brace_is_defined_before_what_it_is_expanded_in() -> None:
    assert next(iter(template("compute").environment)) == "LEFT_BRACE"
    assert template("compute").environment["LEFT_BRACE"]["value"] == "{"


def test_compute_runs_for_an_hour_at_most() -> None:
    assert template("compute").template["activeDeadlineSeconds"] == 3_600


def test_compute_and_report_mean_the_same_object() -> None:
    key = template("compute").environment["OUTPUT_KEY"]["value"]
    assert f"--output_key={key}" in template("report").container["args"]


def test_the_url_is_valid_for_as_long_as_a_run_may_take() -> None:
    argument = f"--url_valid_seconds={RUN_DEADLINE_SECONDS}"
    assert argument in template("prepare").container["args"]


def test_the_failures_reach_the_report_encoded() -> None:
    argument = "--failures=b64:{{=sprig.b64enc(workflow.failures)}}"
    assert argument in template("report").container["args"]


def test_texts_from_outside_are_marked_as_encoded() -> None:
    metadata = template("compute").workflow["metadata"]
    marked = metadata["annotations"]["moderate.eu/encoded-parameters"]
    assert marked == "message,where"


def test_the_services_are_named() -> None:
    metadata = template("compute").workflow["metadata"]
    services = metadata["annotations"]["moderate.eu/services"]
    assert services == "matrix-profile,platform-api,s3"
