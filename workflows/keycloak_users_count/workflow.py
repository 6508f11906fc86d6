"""The WorkflowTemplate ``keycloak-users-count``."""

from typing import Any

from hera.workflows import DAG, Task

from steps.keycloak_users_count.count import count
from workflows.authoring.access import service_account
from workflows.authoring.step_container import step_container
from workflows.authoring.workflow_template import (
    ENTRYPOINT,
    workflow_template,
)

NAME = "keycloak-users-count"
RUN_DEADLINE_SECONDS = 30 * 60


def build() -> list[Any]:
    """Builds the count's objects.

    It archives no logs: it checks whether the platform works, and has to run
    where the object store does not.

    Returns:
        The WorkflowTemplate and its ServiceAccount.
    """
    count_pod = step_container("count", count)
    template = workflow_template(
        NAME,
        title="Count the users of the platform",
        description=(
            "Counts the users of the platform: the smallest check that the "
            "pipelines reach Keycloak."
        ),
        steps=(count,),
        deadline_seconds=RUN_DEADLINE_SECONDS,
        parameters=[],
        main=DAG(
            name=ENTRYPOINT, tasks=[Task(name="count", template=count_pod)]
        ),
        pods=[count_pod],
        archive_logs=False,
    )
    return [template, *service_account(NAME)]
