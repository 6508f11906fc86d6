"""The one way to run a WorkflowTemplate by the clock."""

from collections.abc import Mapping
from types import MappingProxyType

from hera.workflows import CronWorkflow, WorkflowTemplate
from hera.workflows.models import WorkflowTemplateRef

from workflows.authoring.names import labels

TIMEZONE = "Etc/UTC"
KEPT_RUNS = 3
LATEST_START_SECONDS = 300
NOTHING: Mapping[str, str] = MappingProxyType({})


def cron_workflow(
    template: WorkflowTemplate,
    *,
    schedule: str,
    name: str | None = None,
    arguments: Mapping[str, str] = NOTHING,
) -> CronWorkflow:
    """Makes a CronWorkflow of a WorkflowTemplate.

    A run that is due while another runs is left out; a run that was missed
    for a short time is made up for.

    Args:
        template: The WorkflowTemplate.
        schedule: When it runs, in UTC.
        name: The CronWorkflow's name, the WorkflowTemplate's where None.
        arguments: The parameters that have no default, and others that are
            to differ from it.

    Returns:
        The CronWorkflow.
    """
    reference = str(template.name)
    return CronWorkflow(
        name=name or reference,
        labels=labels(reference),
        annotations=template.annotations,
        schedules=[schedule],
        timezone=TIMEZONE,
        concurrency_policy="Forbid",
        starting_deadline_seconds=LATEST_START_SECONDS,
        successful_jobs_history_limit=KEPT_RUNS,
        failed_jobs_history_limit=KEPT_RUNS,
        workflow_template_ref=WorkflowTemplateRef(name=reference),
        arguments=dict(arguments) or None,
    )
