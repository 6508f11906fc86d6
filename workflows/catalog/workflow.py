"""The pipelines ``postgres-ingestion`` and ``datalake-ingestion``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from hera.workflows import Parameter

from steps.catalog import datalake_steps, postgres_steps
from steps.catalog.changes import Profile
from steps.catalog.item import Work
from steps.catalog.summary import summary
from steps.contract.step import Step
from workflows.authoring.access import service_account
from workflows.authoring.cron_workflow import Schedule, cron_workflow
from workflows.authoring.fan_out import batch_container, fan_out
from workflows.authoring.step_container import step_container
from workflows.authoring.workflow_template import workflow_template

TWICE_A_DAY = Schedule("0 0,12 * * *", interval_seconds=12 * 60 * 60)
RUN_DEADLINE_SECONDS = 11 * 60 * 60
ITEM_SECONDS = "7200"
BATCH_SIZE = "25"
NOTHING = "[]"
LARGEST_GONE_SHARE = "0.2"
DATALAKE_SAMPLE_ROWS = "5000"
ALL_ROWS = "0"


@dataclass(frozen=True)
class Ingestion:
    """One of the two pipelines.

    Attributes:
        name: Its name.
        title: What a person calls it.
        noun: What its items are.
        discover: Its first step.
        ingest: Its step of a batch.
        ignore: The patterns of names that it leaves out, as JSON.
        profile_sample: How many rows a profile reads.
    """

    name: str
    title: str
    noun: str
    discover: Step[Any, Any]
    ingest: Step[Any, Any]
    ignore: str
    profile_sample: str


INGESTIONS = (
    Ingestion(
        "postgres-ingestion",
        "Ingest databases into the catalog",
        "databases",
        postgres_steps.discover,
        postgres_steps.ingest,
        ignore='["template.*","postgres","moderate_workflows"]',
        profile_sample=ALL_ROWS,
    ),
    Ingestion(
        "datalake-ingestion",
        "Ingest the data lake into the catalog",
        "top-level prefixes",
        datalake_steps.discover,
        datalake_steps.ingest,
        ignore=NOTHING,
        profile_sample=DATALAKE_SAMPLE_ROWS,
    ),
)


def build() -> list[Any]:
    """Builds both pipelines' objects.

    Returns:
        The WorkflowTemplates, CronWorkflows and ServiceAccounts.
    """
    return [item for one in INGESTIONS for item in _build(one)]


def _build(ingestion: Ingestion) -> list[Any]:
    parameters = _parameters(ingestion)
    steps = (ingestion.discover, ingestion.ingest, summary)
    discover_pod = step_container(
        "discover",
        ingestion.discover,
        fixed=_from_parameters(ingestion.discover, parameters),
    )
    ingest_pod = batch_container(
        "ingest",
        ingestion.ingest,
        fixed=_from_parameters(ingestion.ingest, parameters),
    )
    summary_pod = step_container("summary", summary)
    template = workflow_template(
        ingestion.name,
        title=ingestion.title,
        description=(
            f"Describes the platform's {ingestion.noun} in OpenMetadata: "
            "tables, columns, profiles and sample rows."
        ),
        steps=steps,
        deadline_seconds=RUN_DEADLINE_SECONDS,
        parameters=parameters,
        main=fan_out(discover_pod, ingest_pod, summary_pod),
        pods=[discover_pod, ingest_pod, summary_pod],
        mutex=ingestion.name,
    )
    return [
        template,
        cron_workflow(template, schedule=TWICE_A_DAY),
        *service_account(ingestion.name, steps),
    ]


def _from_parameters(
    step: Step[Any, Any], parameters: Iterable[Parameter]
) -> dict[str, str]:
    """Sets the inputs that are named as parameters of the workflow."""
    names = {parameter.name for parameter in parameters}
    return {
        name: f"{{{{workflow.parameters.{name}}}}}"
        for name in step.inputs.model_fields
        if name in names
    }


def _parameters(ingestion: Ingestion) -> list[Parameter]:
    noun = ingestion.noun
    return [
        Parameter(
            name="ignore",
            value=ingestion.ignore,
            description=(
                f"Leave out {noun} whose whole name matches one of these "
                "regular expressions; a JSON list."
            ),
        ),
        Parameter(
            name="include",
            value=NOTHING,
            description=(
                f"Take only {noun} whose whole name matches one of these "
                "regular expressions; a JSON list, all where it is empty."
            ),
        ),
        Parameter(
            name="items_at_a_time",
            value="2",
            description=f"How many {noun} are ingested at a time.",
        ),
        Parameter(
            name="batch_size",
            value=BATCH_SIZE,
            description=f"How many {noun} one pod takes, one after another.",
        ),
        Parameter(
            name="profile_sample",
            value=ingestion.profile_sample,
            description="How many rows a profile reads; 0 for all.",
        ),
        Parameter(
            name="profile",
            value="changed",
            enum=list(get_args(Profile)),
            description=(
                "Which tables are profiled: those that have changed, and all "
                "of them every week; all; or none."
            ),
        ),
        Parameter(
            name="overwrite_descriptions",
            value="false",
            description=(
                "Whether descriptions and display names of the source replace "
                "those that people wrote in OpenMetadata."
            ),
        ),
        Parameter(
            name="largest_gone_share",
            value=LARGEST_GONE_SHARE,
            description=(
                f"The largest share of the {noun} in OpenMetadata that a run "
                "may mark as deleted because they are gone, from 0 to 1, "
                "rounded up; a run that would mark more fails at once."
            ),
        ),
        Parameter(
            name="work",
            value="both",
            enum=list(get_args(Work)),
            description="Which of the two workflows run.",
        ),
        Parameter(
            name="item_seconds",
            value=ITEM_SECONDS,
            description=f"The longest that one of the {noun} may take.",
        ),
        Parameter(
            name="verbose",
            value="false",
            description="Whether the framework logs all it can.",
        ),
        Parameter(
            name="dry_run",
            value="false",
            description=(
                "Whether to show the configurations, credentials masked, "
                "and what would be marked as deleted, and to change nothing."
            ),
        ),
    ]
