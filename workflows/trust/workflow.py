"""What the workflows ``trust-users`` and ``trust-objects`` have in common."""

from typing import Any

from hera.workflows import Parameter

from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.step import Step
from steps.trust.inputs import TrustDiscoverInputs
from steps.trust.summary import summary
from workflows.authoring.access import service_account
from workflows.authoring.cron_workflow import Schedule, cron_workflow
from workflows.authoring.fan_out import batch_container, fan_out
from workflows.authoring.names import (
    LIMITS,
    LIMITS_DATA,
    SERVICES_ANNOTATION,
    TRUST_REQUESTS,
    labels,
)
from workflows.authoring.step_container import step_container
from workflows.authoring.workflow_template import workflow_template

EVERY_FIVE_MINUTES = Schedule("*/5 * * * *", interval_seconds=5 * 60)
RUN_DEADLINE_SECONDS = 4 * 60 * 60
DESCRIPTIONS = {
    "limit": "The most items of the run; the ledger is slow under bursts.",
    "at_a_time": "The most items at the same time.",
}


def build() -> list[Any]:
    """Builds what both workflows share.

    Returns:
        The ConfigMap with the limit of their requests.
    """
    services = sorted((PlatformApiSettings.service, PostgresSettings.service))
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": LIMITS,
                "labels": labels("trust"),
                "annotations": {SERVICES_ANNOTATION: ",".join(services)},
            },
            "data": LIMITS_DATA,
        }
    ]


def trust_workflow(
    name: str,
    *,
    title: str,
    description: str,
    discover: Step[Any, Any],
    ensure: Step[Any, Any],
) -> list[Any]:
    """Builds the objects of a workflow that brings about what is missing.

    Runs wait for each other: a call of the webhook while one is at work gets
    one that looks again. The pods of both workflows that request DIDs and
    proofs share one limit.

    Args:
        name: The workflow's name.
        title: What Argo's UI shows as its title.
        description: What Argo's UI shows below the title.
        discover: Finds what is missing.
        ensure: Brings the items of a batch about.

    Returns:
        The WorkflowTemplate, its CronWorkflow and its ServiceAccount.
    """
    steps = (discover, ensure, summary)
    chosen = {
        field: f"{{{{workflow.parameters.{field}}}}}" for field in DESCRIPTIONS
    }
    pods = (
        step_container("discover", discover, fixed=chosen),
        batch_container("ensure", ensure, semaphore=TRUST_REQUESTS),
        step_container("summary", summary),
    )
    template = workflow_template(
        name,
        title=title,
        description=description,
        steps=steps,
        deadline_seconds=RUN_DEADLINE_SECONDS,
        parameters=_parameters(),
        main=fan_out(*pods),
        pods=pods,
        mutex=name,
        archive_logs=False,
    )
    return [
        template,
        cron_workflow(template, schedule=EVERY_FIVE_MINUTES),
        *service_account(name, steps),
    ]


def _parameters() -> list[Parameter]:
    defaults = TrustDiscoverInputs().model_dump()
    return [
        Parameter(name=name, value=str(defaults[name]), description=text)
        for name, text in DESCRIPTIONS.items()
    ]
