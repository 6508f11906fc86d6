"""The WorkflowTemplate ``dead-letter``."""

from typing import Any

from hera.workflows import DAG, Parameter, Task

from steps.dead_letter.show import show
from workflows.authoring.access import service_account
from workflows.authoring.step_container import step_container
from workflows.authoring.workflow_template import (
    ENTRYPOINT,
    workflow_template,
)

NAME = "dead-letter"
RUN_DEADLINE_SECONDS = 10 * 60


def build() -> list[Any]:
    """Builds what the sensors' dead-letter triggers start.

    It archives no logs: it has to run when other services fail.

    Returns:
        The WorkflowTemplate and its ServiceAccount.
    """
    show_pod = step_container("show", show)
    shown = Task(
        name="show",
        template=show_pod,
        arguments={
            "sensor": "{{workflow.parameters.sensor}}",
            "event": "{{workflow.parameters.event}}",
        },
    )
    template = workflow_template(
        NAME,
        title="Keep an event without a workflow",
        description=(
            "Keeps an event for which no workflow could be created. It always "
            "fails, so that alerts see it."
        ),
        steps=(show,),
        deadline_seconds=RUN_DEADLINE_SECONDS,
        parameters=[
            Parameter(
                name="sensor",
                description="The sensor that could not start a workflow.",
            ),
            Parameter(
                name="event",
                description="The event's data as JSON.",
            ),
        ],
        encoded_parameters=["event"],
        main=DAG(name=ENTRYPOINT, tasks=[shown]),
        pods=[show_pod],
        archive_logs=False,
    )
    return [template, *service_account(NAME)]
