"""The WorkflowTemplate ``matrix-profile``."""

from typing import Any

from hera.workflows import DAG, Container, Env, Parameter, Task

from steps.clients.object_store import S3Settings
from steps.contract.log_context import MESSAGE_ID_VARIABLE
from steps.contract.step import Resources, Retry
from steps.contract.wire import LEFT_BRACE_VARIABLE, MARK
from steps.matrix_profile.prepare import PrepareOutputs, prepare
from steps.matrix_profile.report import report
from workflows.authoring.access import service_account
from workflows.authoring.pod import pod
from workflows.authoring.step_container import step_container
from workflows.authoring.workflow_template import (
    ENTRYPOINT,
    workflow_template,
)

NAME = "matrix-profile"
STEPS = (prepare, report)
COMPUTE_DEADLINE_SECONDS = 60 * 60
RUN_DEADLINE_SECONDS = 6 * 60 * 60
# Strategic merge: the job's own command, so that Argo's controller need not
# ask a registry for it.
COMMAND_PATCH = (
    '{"containers": [{"name": "main", '
    '"command": {{inputs.parameters.command}}}]}'
)
OUTPUT_KEY = "matrixprofile-{{workflow.uid}}.html"
COMPUTE_RESOURCES = Resources(
    cpu="500m", memory="512Mi", cpu_limit="2", memory_limit="2Gi"
)
JOB_INPUTS = tuple(
    name for name in PrepareOutputs.model_fields if name != "needed"
)
COMPUTE_RETRY = Retry(limit=2)
FOLLOWED = Env(
    name=MESSAGE_ID_VARIABLE, value="{{workflow.parameters.message_id}}"
)


def build() -> list[Any]:
    """Builds the pipeline's objects.

    Returns:
        The WorkflowTemplate and its ServiceAccount.
    """
    prepare_pod = step_container(
        "prepare",
        prepare,
        fixed={
            "url_valid_seconds": str(RUN_DEADLINE_SECONDS),
            "again": "{{workflow.parameters.again}}",
        },
        env=[FOLLOWED],
    )
    compute_pod = _compute()
    template = workflow_template(
        NAME,
        title="Analyse a column of a CSV file",
        description=(
            "Finds the repeated and the unusual stretches of one column of "
            "an uploaded CSV file, writes a report and updates the job."
        ),
        steps=STEPS,
        deadline_seconds=RUN_DEADLINE_SECONDS,
        parameters=[
            Parameter(
                name="message",
                description="The queue message's JSON body.",
            ),
            Parameter(
                name="job_id",
                value="by-hand",
                description=(
                    "The job's number; runs of one job wait for each other."
                ),
            ),
            Parameter(
                name="again",
                value="false",
                enum=["false", "true"],
                description=(
                    "Whether a job that has its results is computed anew, "
                    "and its results are replaced."
                ),
            ),
            Parameter(
                name="message_id",
                value="",
                description="The id by which logs follow the message.",
            ),
            Parameter(
                name="window_length",
                value="",
                description="Window in samples; chosen where empty.",
            ),
            Parameter(
                name="where",
                value="",
                description=(
                    "Rows to analyse where a file holds several series, such "
                    "as `meter=A` or `meter=A;tariff=HT`; all where empty."
                ),
            ),
        ],
        encoded_parameters=["message", "where"],
        main=_main(prepare_pod, compute_pod),
        pods=[prepare_pod, compute_pod],
        on_exit=_report(),
        mutex="matrix-profile-job-{{workflow.parameters.job_id}}",
    )
    return [template, *service_account(NAME, STEPS)]


def _main(prepare_pod: Container, compute_pod: Container) -> DAG:
    prepared = Task(
        name="prepare",
        template=prepare_pod,
        arguments={
            "message": "{{workflow.parameters.message}}",
            "where": "{{workflow.parameters.where}}",
        },
    )
    computed = Task(
        name="compute",
        template=compute_pod,
        arguments={name: prepared.get_parameter(name) for name in JOB_INPUTS},
        when=f"{prepared.get_parameter('needed').value} == true",
        depends=prepared.name,
    )
    return DAG(name=ENTRYPOINT, tasks=[prepared, computed])


def _compute() -> Container:
    return pod(
        "compute",
        image="{{inputs.parameters.image}}",
        inputs=[Parameter(name=name) for name in JOB_INPUTS],
        env=[
            Env(name=LEFT_BRACE_VARIABLE, value="{"),
            Env(name="FILE_URL", value="{{inputs.parameters.file_url}}"),
            Env(
                name="ANALYSIS_VARIABLE",
                value="{{inputs.parameters.analysis_variable}}",
            ),
            Env(
                name="OUTPUT_BUCKET",
                value="{{inputs.parameters.output_bucket}}",
            ),
            Env(name="OUTPUT_KEY", value=OUTPUT_KEY),
            Env(
                name="WINDOW_LENGTH",
                value="{{workflow.parameters.window_length}}",
            ),
            Env(name="WHERE", value="{{inputs.parameters.where}}"),
            FOLLOWED,
        ],
        settings=[S3Settings],
        resources=COMPUTE_RESOURCES,
        retry=COMPUTE_RETRY,
        deadline_seconds=COMPUTE_DEADLINE_SECONDS,
        spec_patch=COMMAND_PATCH,
    )


def _report() -> Container:
    return step_container(
        "report",
        report,
        fixed={
            "message": "{{workflow.parameters.message}}",
            "workflow": "{{workflow.name}}",
            "status": "{{workflow.status}}",
            "failures": f"{MARK}{{{{=sprig.b64enc(workflow.failures)}}}}",
            "output_key": OUTPUT_KEY,
            "again": "{{workflow.parameters.again}}",
        },
        env=[FOLLOWED],
    )
