"""The WorkflowTemplate ``dataset-from-git``, run weekly for each dataset."""

from typing import Any

from hera.workflows import Parameter

from steps.dataset_from_git.convert_file import convert_file
from steps.dataset_from_git.datasets import DATASETS
from steps.dataset_from_git.resolve import ResolveInputs, resolve
from steps.dataset_from_git.summary import summary
from workflows.authoring.access import service_account
from workflows.authoring.cron_workflow import Schedule, cron_workflow
from workflows.authoring.fan_out import batch_container, fan_out
from workflows.authoring.step_container import step_container
from workflows.authoring.workflow_template import workflow_template

NAME = "dataset-from-git"
DATASET = "dataset"
STEPS = (resolve, convert_file, summary)
RUN_DEADLINE_SECONDS = 24 * 60 * 60
# On Sundays, one dataset an hour.
WEEKLY = "0 {hour} * * 0"
FIRST_HOUR = 2
HOURS = 24
WEEK_SECONDS = 7 * 24 * 60 * 60


def build() -> list[Any]:
    """Builds the pipeline's objects.

    Returns:
        The WorkflowTemplate, a CronWorkflow for each dataset and the
        ServiceAccount.
    """
    defaults = ResolveInputs(dataset="")
    resolve_pod = step_container(
        "resolve",
        resolve,
        fixed={
            name: f"{{{{workflow.parameters.{name}}}}}"
            for name in ResolveInputs.model_fields
        },
    )
    convert_pod = batch_container(
        "convert", convert_file, fixed={"attempt": "{{retries}}"}
    )
    summary_pod = step_container("summary", summary)
    template = workflow_template(
        NAME,
        title="Publish CSV files of a Git repository",
        description=(
            "Uploads the CSV files of a public Git repository to the "
            "dataset's asset, as Parquet and as normalised CSV, where they "
            "have changed."
        ),
        steps=STEPS,
        deadline_seconds=RUN_DEADLINE_SECONDS,
        parameters=[
            Parameter(
                name=DATASET,
                enum=list(DATASETS),
                description="The dataset.",
            ),
            Parameter(
                name="at_a_time",
                value=str(defaults.at_a_time),
                description="How many files are converted at the same time.",
            ),
            Parameter(
                name="keep",
                value=defaults.keep,
                description=(
                    "How many of the newest objects of each series stay "
                    "where the asset cannot take new ones: a number, or "
                    "all. The files of removed objects stay in the bucket."
                ),
            ),
            Parameter(
                name="path",
                value=defaults.path,
                description=(
                    "The path in the repository of the one file to bring up "
                    "to date; all files where empty."
                ),
            ),
        ],
        encoded_parameters=["path"],
        main=fan_out(resolve_pod, convert_pod, summary_pod),
        pods=[resolve_pod, convert_pod, summary_pod],
        mutex=f"{NAME}-{{{{workflow.parameters.dataset}}}}",
        metric_labels={DATASET: f"{{{{workflow.parameters.{DATASET}}}}}"},
    )
    weekly = [
        cron_workflow(
            template,
            name=f"{NAME}-{name.replace('_', '-')}",
            schedule=Schedule(
                WEEKLY.format(hour=(FIRST_HOUR + number) % HOURS),
                interval_seconds=WEEK_SECONDS,
            ),
            arguments={DATASET: name},
        )
        for number, name in enumerate(DATASETS)
    ]
    return [template, *weekly, *service_account(NAME, STEPS)]
