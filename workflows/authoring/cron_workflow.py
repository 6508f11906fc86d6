"""The one way to run a WorkflowTemplate by the clock."""

from hera.workflows import CronWorkflow, WorkflowTemplate
from hera.workflows.models import WorkflowTemplateRef

from workflows.authoring.names import labels

TIMEZONE = "Etc/UTC"
KEPT_RUNS = 3
LATEST_START_SECONDS = 300


def cron_workflow(
    template: WorkflowTemplate, *, schedule: str
) -> CronWorkflow:
    """Makes a CronWorkflow of the same name as its WorkflowTemplate.

    A run that is due while another runs is left out; a run that was missed
    for a short time is made up for.

    Args:
        template: The WorkflowTemplate; every parameter has a default.
        schedule: When it runs, in UTC.

    Returns:
        The CronWorkflow.
    """
    name = template.name or ""
    return CronWorkflow(
        name=name,
        labels=labels(name),
        annotations=template.annotations,
        schedules=[schedule],
        timezone=TIMEZONE,
        concurrency_policy="Forbid",
        starting_deadline_seconds=LATEST_START_SECONDS,
        successful_jobs_history_limit=KEPT_RUNS,
        failed_jobs_history_limit=KEPT_RUNS,
        workflow_template_ref=WorkflowTemplateRef(name=name),
    )
