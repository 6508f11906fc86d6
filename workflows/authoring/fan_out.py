"""The one way to fan out: discover, one pod per portion, a summary."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hera.workflows import DAG, Container, Parameter, Task

from steps.contract.portions import PortionInputs
from steps.contract.step import Step
from workflows.authoring.step_container import step_container
from workflows.authoring.workflow_template import ENTRYPOINT

NOTHING: Mapping[str, str] = MappingProxyType({})
LANE = "{{workflow.name}}-lane-{{inputs.parameters.lane}}"
REPORTS = "reports"
ENDED = ("Succeeded", "Failed", "Errored")


def portion_container(
    name: str,
    step: Step[Any, Any],
    *,
    fixed: Mapping[str, str] = NOTHING,
) -> Container:
    """Derives the template of a portion; those of a lane run in line.

    Args:
        name: Name of the template.
        step: The step; its inputs are ``PortionInputs``, its outputs a
            ``PortionReport``.
        fixed: Further inputs whose argument is set here.

    Returns:
        The template.
    """
    return step_container(name, step, fixed=fixed, mutex=LANE)


def fan_out(discover: Container, each: Container, summary: Container) -> DAG:
    """Fans out over the portions that a step has found.

    The summary runs also where a portion's pod has failed; what it is told
    are the reports of the others, and what the first step has found, by the
    same names. Where there is nothing to do, it is left out.

    Args:
        discover: Its outputs are ``Discovered``.
        each: What runs for each portion, of ``portion_container``.
        summary: Its inputs are ``SummaryInputs``.

    Returns:
        The DAG that runs first.
    """
    discovered = Task(name=str(discover.name), template=discover)
    portions = discovered.get_parameter("portions")
    name = str(each.name)
    items = Task(
        name=name,
        template=each,
        depends=discovered.name,
        with_param=portions,
        arguments={
            field: f"{{{{item.{field}}}}}"
            for field in PortionInputs.model_fields
        },
    )
    last = Task(
        name=str(summary.name),
        template=summary,
        depends=" || ".join(f"{name}.{end}" for end in ENDED),
        arguments={
            REPORTS: f"{{{{tasks.{name}.outputs.parameters}}}}",
            **{
                told: discovered.get_parameter(told)
                for told in _parameters(summary)
                if told != REPORTS
            },
        },
    )
    return DAG(name=ENTRYPOINT, tasks=[discovered, items, last])


def _parameters(template: Container) -> list[str]:
    inputs = template.inputs if isinstance(template.inputs, list) else []
    return [str(one.name) for one in inputs if isinstance(one, Parameter)]
