"""The one way to fan out: discover, one pod per batch, a summary."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hera.workflows import DAG, Container, Parameter, Task

from steps.contract.batches import BatchInputs
from steps.contract.step import Step
from workflows.authoring.step_container import step_container
from workflows.authoring.workflow_template import ENTRYPOINT

NOTHING: Mapping[str, str] = MappingProxyType({})
SLOT = "{{workflow.name}}-slot-{{inputs.parameters.slot}}"
REPORTS = "reports"
ENDED = ("Succeeded", "Failed", "Errored")


def batch_container(
    name: str,
    step: Step[Any, Any],
    *,
    fixed: Mapping[str, str] = NOTHING,
    semaphore: str | None = None,
) -> Container:
    """Derives the template of a batch; those of a slot run in line.

    Args:
        name: Name of the template.
        step: The step; its inputs are ``BatchInputs``, its outputs a
            ``BatchReport``.
        fixed: Further inputs whose argument is set here.
        semaphore: The limit, by its key, of what it counts towards.

    Returns:
        The template.
    """
    return step_container(
        name, step, fixed=fixed, mutex=SLOT, semaphore=semaphore
    )


def fan_out(discover: Container, each: Container, summary: Container) -> DAG:
    """Fans out over the batches that a step has found.

    The summary runs also where a batch's pod has failed; its
    arguments are the reports of the others, and the first step's outputs of
    the same names. Where there is nothing to do, it is left out.

    Args:
        discover: Its outputs are ``Discovered``.
        each: What runs for each batch, of ``batch_container``.
        summary: Its inputs are ``SummaryInputs``.

    Returns:
        The DAG that runs first.
    """
    discovered = Task(name=str(discover.name), template=discover)
    batches = discovered.get_parameter("batches")
    name = str(each.name)
    items = Task(
        name=name,
        template=each,
        depends=discovered.name,
        with_param=batches,
        arguments={
            field: f"{{{{item.{field}}}}}"
            for field in BatchInputs.model_fields
        },
    )
    last = Task(
        name=str(summary.name),
        template=summary,
        depends=" || ".join(f"{name}.{end}" for end in ENDED),
        arguments={
            REPORTS: f"{{{{tasks.{name}.outputs.parameters}}}}",
            **{
                field: discovered.get_parameter(field)
                for field in _parameters(summary)
                if field != REPORTS
            },
        },
    )
    return DAG(name=ENTRYPOINT, tasks=[discovered, items, last])


def _parameters(template: Container) -> list[str]:
    inputs = template.inputs if isinstance(template.inputs, list) else []
    return [str(one.name) for one in inputs if isinstance(one, Parameter)]
