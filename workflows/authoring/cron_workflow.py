"""The one way to run a WorkflowTemplate on a schedule."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hera.workflows import CronWorkflow, WorkflowTemplate
from hera.workflows.models import WorkflowTemplateRef

from workflows.authoring.names import labels

TIMEZONE = "Etc/UTC"
KEPT_RUNS = 3
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Schedule:
    """When a workflow runs, in UTC.

    Attributes:
        cron: The schedule, in cron's five fields.
        interval_seconds: The longest time between two runs.
    """

    cron: str
    interval_seconds: int

    @property
    def latest_start_seconds(self) -> int:
        """How late a run that was missed may start: half the interval."""
        return self.interval_seconds // 2


def cron_workflow(
    template: WorkflowTemplate,
    *,
    schedule: Schedule,
    name: str | None = None,
    arguments: Mapping[str, str] = NOTHING,
) -> CronWorkflow:
    """Makes a CronWorkflow of a WorkflowTemplate.

    A run that is due while another runs is left out; a run that was missed
    while Argo's controller was down is made up for, up to half the interval
    later.

    Args:
        template: The WorkflowTemplate.
        schedule: When it runs.
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
        schedules=[schedule.cron],
        timezone=TIMEZONE,
        concurrency_policy="Forbid",
        starting_deadline_seconds=schedule.latest_start_seconds,
        successful_jobs_history_limit=KEPT_RUNS,
        failed_jobs_history_limit=KEPT_RUNS,
        workflow_template_ref=WorkflowTemplateRef(name=reference),
        arguments=dict(arguments) or None,
    )
