"""The WorkflowTemplate and CronWorkflow ``matrix-profile-catch-up``."""

from typing import Any

from hera.workflows import DAG, Task

from steps.matrix_profile_catch_up.catch_up import catch_up
from steps.matrix_profile_catch_up.inputs import CatchUpInputs
from workflows.authoring.access import service_account
from workflows.authoring.cron_workflow import Schedule, cron_workflow
from workflows.authoring.step_container import step_container
from workflows.authoring.workflow_template import (
    ENTRYPOINT,
    workflow_template,
)
from workflows.matrix_profile.workflow import STEPS

NAME = "matrix-profile-catch-up"
# Without the pipeline that it starts, it is of no use.
NEEDED = (catch_up, *STEPS)
EVERY_TEN_MINUTES = Schedule("*/10 * * * *", interval_seconds=10 * 60)
RUN_DEADLINE_SECONDS = 60 * 60


def build() -> list[Any]:
    """Builds the search's objects.

    Returns:
        The WorkflowTemplate, its CronWorkflow and its ServiceAccount.
    """
    defaults = CatchUpInputs()
    search_pod = step_container(
        "catch-up",
        catch_up,
        fixed={name: str(value) for name, value in defaults},
    )
    template = workflow_template(
        NAME,
        title="Resubmit jobs whose message was lost",
        description=(
            "Finds jobs that were created a while ago and are not finished, "
            "and resubmits them: their message was lost."
        ),
        steps=NEEDED,
        deadline_seconds=RUN_DEADLINE_SECONDS,
        main=DAG(
            name=ENTRYPOINT,
            tasks=[Task(name="catch-up", template=search_pod)],
        ),
        pods=[search_pod],
    )
    return [
        template,
        cron_workflow(template, schedule=EVERY_TEN_MINUTES),
        *service_account(NAME, NEEDED),
    ]
