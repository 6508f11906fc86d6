"""From a step to its container template, so that both never differ."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from hera.workflows import Container, Env, Parameter
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from steps.contract.arguments import to_wire
from steps.contract.step import Step
from workflows.authoring.images import image_tag
from workflows.authoring.metrics import step_metrics
from workflows.authoring.pod import pod

NOTHING: Mapping[str, str] = MappingProxyType({})


def step_container(
    name: str,
    step: Step[Any, Any],
    *,
    fixed: Mapping[str, str] = NOTHING,
    mutex: str | None = None,
    semaphore: str | None = None,
    env: Sequence[Env] = (),
) -> Container:
    """Derives a container template from a step's own types.

    Args:
        name: Name of the template in its workflow.
        step: The step.
        fixed: Inputs whose argument is set here; all the others become
            input parameters of the template.
        mutex: What only one pod at a time may hold.
        semaphore: The limit, by its key, of what it counts towards.
        env: Further environment variables.

    Returns:
        The template.

    Raises:
        ValueError: A fixed input is not one of the step's.
    """
    fields = step.inputs.model_fields
    unknown = fixed.keys() - fields.keys()
    if unknown:
        raise ValueError(
            f"{step.name} has no input {', '.join(sorted(unknown))}."
        )
    arguments = {
        field: fixed.get(field, f"{{{{inputs.parameters.{field}}}}}")
        for field in fields
    }
    return pod(
        name,
        image=image_tag(step.image),
        command=["python", "-m", "steps", step.name],
        args=[f"--{field}={value}" for field, value in arguments.items()],
        inputs=[
            _input(field, step.inputs)
            for field in fields
            if field not in fixed
        ],
        outputs=step.outputs.model_fields,
        settings=step.settings.values(),
        resources=step.resources,
        retry=step.retry,
        deadline_seconds=step.deadline_seconds,
        env=env,
        mutex=mutex,
        semaphore=semaphore,
        metrics=step_metrics(step),
    )


def _input(name: str, model: type[BaseModel]) -> Parameter:
    field = model.model_fields[name]
    if field.is_required():
        return Parameter(name=name)
    return Parameter(name=name, value=_default(name, field, model))


def _default(name: str, field: FieldInfo, model: type[BaseModel]) -> str:
    default = field.get_default(call_default_factory=True)
    unchecked = model.model_construct(**{name: default})
    document = unchecked.model_dump(mode="json", include={name})
    return to_wire(document[name], field)
