"""A step's template is derived from the step's own types."""

import pytest
from hera.workflows import Container
from pydantic import BaseModel

from steps.contract.arguments import to_wire
from steps.contract.outputs import DEFAULT_OUTPUTS_DIR
from steps.registry import STEPS
from tests.contract.toys import echo, leave
from tests.rendered import ContainerTemplate, step_templates
from workflows.authoring.step_container import step_container

POD_VARIABLES = {
    "HOME",
    "LOG_FORMAT",
    "STEP_OUTPUTS_DIR",
    "TMPDIR",
    "WORKFLOW_NAME",
}
FOLLOWED = "matrix-profile"

every_step_template = pytest.mark.parametrize("one", step_templates(), ids=str)


def arguments(one: ContainerTemplate) -> dict[str, str]:
    """Return the container's arguments by name."""
    pairs = (text.partition("=") for text in one.container.get("args", []))
    return {name.removeprefix("--"): value for name, _, value in pairs}


def document(container: Container) -> ContainerTemplate:
    """Return a built template as it would be rendered."""
    template = container._build_template().model_dump(
        by_alias=True, exclude_none=True, mode="json"
    )
    return ContainerTemplate({}, template)


def test_every_registered_step_is_used_by_a_template() -> None:
    used = {one.container["command"][-1] for one in step_templates()}
    assert used == STEPS.keys()


@every_step_template
def test_the_command_runs_the_step_by_its_own_name(
    one: ContainerTemplate,
) -> None:
    assert one.container["command"] == ["python", "-m", "steps", one.step.name]


@every_step_template
def test_the_arguments_are_the_steps_inputs(one: ContainerTemplate) -> None:
    assert list(arguments(one)) == list(one.step.inputs.model_fields)


@every_step_template
def test_each_input_parameter_is_an_input_of_the_step(
    one: ContainerTemplate,
) -> None:
    declared = one.template.get("inputs", {}).get("parameters", [])
    passed_on = {
        name
        for name, value in arguments(one).items()
        if value == f"{{{{inputs.parameters.{name}}}}}"
    }
    assert {parameter["name"] for parameter in declared} == passed_on


@every_step_template
def test_the_defaults_are_the_steps_defaults(one: ContainerTemplate) -> None:
    fields = one.step.inputs.model_fields
    declared = one.template.get("inputs", {}).get("parameters", [])
    for parameter in declared:
        field = fields[parameter["name"]]
        assert ("value" in parameter) != field.is_required()


@every_step_template
def test_the_outputs_are_the_steps_outputs(one: ContainerTemplate) -> None:
    declared = one.template.get("outputs", {}).get("parameters", [])
    assert declared == [
        {
            "name": name,
            "valueFrom": {"path": f"{DEFAULT_OUTPUTS_DIR}/{name}"},
        }
        for name in one.step.outputs.model_fields
    ]


@every_step_template
def test_the_environment_is_the_steps_settings_and_nothing_else(
    one: ContainerTemplate,
) -> None:
    settings = {
        variable
        for kind in one.step.settings.values()
        for variable in kind.variables()
    }
    if one.workflow["metadata"]["name"] == FOLLOWED:
        settings.add("MESSAGE_ID")
    assert one.environment.keys() == settings | POD_VARIABLES


@every_step_template
def test_secrets_come_from_a_secret_and_the_rest_from_the_config_map(
    one: ContainerTemplate,
) -> None:
    for kind in one.step.settings.values():
        for variable in kind.variables():
            source = one.environment[variable]["valueFrom"]
            expected = (
                "secretKeyRef"
                if kind.is_secret(variable)
                else "configMapKeyRef"
            )
            assert list(source) == [expected]
            assert source[expected]["key"] == variable


@every_step_template
def test_the_resources_are_the_steps(one: ContainerTemplate) -> None:
    resources = one.step.resources
    assert one.container["resources"] == {
        "requests": {"cpu": resources.cpu, "memory": resources.memory},
        "limits": {
            "cpu": resources.cpu_limit,
            "memory": resources.memory_limit,
        },
    }


@every_step_template
def test_the_retries_are_the_steps(one: ContainerTemplate) -> None:
    retry = one.step.retry
    strategy = one.template["retryStrategy"]
    assert strategy["limit"] == retry.limit
    assert strategy["backoff"] == {
        "duration": str(retry.pause_seconds),
        "factor": str(retry.factor),
        "cap": str(retry.longest_pause_seconds),
    }


@every_step_template
def test_the_deadline_is_the_steps(one: ContainerTemplate) -> None:
    deadline = one.template["activeDeadlineSeconds"]
    assert deadline == one.step.deadline_seconds


def test_a_default_is_written_as_the_step_reads_it() -> None:
    container = document(step_container("echo", echo))
    defaults = {
        parameter["name"]: parameter["value"]
        for parameter in container.template["inputs"]["parameters"]
    }
    written: BaseModel = echo.inputs()
    assert defaults == {
        name: to_wire(value, echo.inputs.model_fields[name])
        for name, value in written.model_dump(mode="json").items()
    }


def test_an_empty_default_is_kept() -> None:
    container = document(step_container("echo", echo))
    parameters = container.template["inputs"]["parameters"]
    (names,) = [one for one in parameters if one["name"] == "names"]
    assert names["value"] == "[]"


def test_a_fixed_input_is_an_argument_and_no_parameter() -> None:
    fixed = {"text": "{{workflow.name}}"}
    container = document(step_container("echo", echo, fixed=fixed))
    parameters = container.template["inputs"]["parameters"]
    assert arguments(container)["text"] == "{{workflow.name}}"
    assert "text" not in {parameter["name"] for parameter in parameters}


def test_an_unknown_fixed_input_is_refused() -> None:
    with pytest.raises(ValueError, match="leave has no input nosuch"):
        step_container("leave", leave, fixed={"nosuch": "1"})


def test_settings_that_a_step_does_not_name_are_not_given_to_it() -> None:
    container = document(step_container("echo", echo))
    assert container.environment.keys() == POD_VARIABLES
