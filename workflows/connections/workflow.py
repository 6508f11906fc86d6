"""The WorkflowTemplate ``check-connections``."""

from typing import Any

from hera.workflows import DAG, Parameter, Task

from steps.connections.check import check
from workflows.authoring.access import service_account
from workflows.authoring.step_container import step_container
from workflows.authoring.workflow_template import (
    ENTRYPOINT,
    workflow_template,
)

NAME = "check-connections"
RUN_DEADLINE_SECONDS = 20 * 60


def build() -> list[Any]:
    """Builds the check's objects.

    It archives no logs: it has to run where the object store is what does
    not work.

    Returns:
        The WorkflowTemplate and its ServiceAccount.
    """
    check_pod = step_container("check", check)
    checked = Task(
        name="check",
        template=check_pod,
        arguments={"required": "{{workflow.parameters.required}}"},
    )
    template = workflow_template(
        NAME,
        title="Check every configured service",
        description=(
            "Checks each configured service, and prints what to do about one "
            "that fails."
        ),
        steps=(check,),
        deadline_seconds=RUN_DEADLINE_SECONDS,
        parameters=[
            Parameter(
                name="required",
                value="[]",
                description="Services that must be set up, as a JSON list.",
            )
        ],
        main=DAG(name=ENTRYPOINT, tasks=[checked]),
        pods=[check_pod],
        archive_logs=False,
    )
    return [template, *service_account(NAME)]
