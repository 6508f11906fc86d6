"""The one way to make a WorkflowTemplate: what holds for each of them."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from types import MappingProxyType
from typing import Any

from hera.shared import global_config
from hera.workflows import (
    DAG,
    Container,
    Parameter,
    Task,
    WorkflowTemplate,
)
from hera.workflows.models import (
    ArtifactRepositoryRef,
    Metadata,
    PodGC,
    PodSecurityContext,
    SeccompProfile,
    TTLStrategy,
    WorkflowMetadata,
)

from steps.contract.step import Step
from workflows.authoring.executor import executor_patch
from workflows.authoring.images import image_parameters
from workflows.authoring.locks import holding
from workflows.authoring.metrics import (
    WORKFLOW_LABEL,
    labelled,
    workflow_metrics,
)
from workflows.authoring.names import (
    API_VERSION,
    ARTIFACT_REPOSITORY,
    DESCRIPTION_ANNOTATION,
    ENCODED_PARAMETERS_ANNOTATION,
    TITLE_ANNOTATION,
    UNSET_IMAGE,
    labels,
)
from workflows.authoring.services import services_annotation

ENTRYPOINT = "main"
EXIT_HANDLER = "exit"
NON_ROOT_USER = 65532
SECONDS_PER_DAY = 24 * 60 * 60
KEPT_AFTER_SUCCESS_SECONDS = 3 * SECONDS_PER_DAY
KEPT_AFTER_FAILURE_SECONDS = 14 * SECONDS_PER_DAY
NOTHING: Mapping[str, str] = MappingProxyType({})
PLAIN_TEXT = (
    "Plain text; Argo evaluates double braces in it, unless `moderate encode` "
    "writes it."
)


def reset_hera() -> None:
    """Clears what other code may have set in Hera's global state."""
    global_config.reset()
    global_config.image = UNSET_IMAGE
    global_config.api_version = API_VERSION


def workflow_template(
    name: str,
    *,
    title: str,
    description: str,
    steps: Iterable[Step[Any, Any]],
    deadline_seconds: int,
    main: DAG,
    pods: Sequence[Container],
    parameters: Sequence[Parameter] = (),
    encoded_parameters: Sequence[str] = (),
    on_exit: Container | None = None,
    mutex: str | None = None,
    archive_logs: bool = True,
    metric_labels: Mapping[str, str] = NOTHING,
) -> WorkflowTemplate:
    """Makes a WorkflowTemplate that follows the project's rules.

    Args:
        name: Its name, the feature's with hyphens.
        title: What Argo's UI shows as its title.
        description: What Argo's UI shows below the title.
        steps: The steps that its pods run; their services are what it needs.
        deadline_seconds: The longest that a run may take, retries included.
        main: The DAG that runs first.
        pods: The container templates.
        parameters: The parameters of a run.
        encoded_parameters: Those that programs send as base64url.
        on_exit: The container template that always runs last;
            not one of ``pods``.
        mutex: What only one run at a time may hold.
        archive_logs: Whether the object store keeps its containers' logs;
            where not, it runs without an object store.
        metric_labels: Labels that distinguish the metrics of its runs.

    Returns:
        The WorkflowTemplate.
    """
    metric_labels = {WORKFLOW_LABEL: name, **metric_labels}
    pods = [labelled(pod, metric_labels) for pod in pods]
    on_exit = labelled(on_exit, metric_labels) if on_exit else None
    return WorkflowTemplate(
        name=name,
        labels=labels(name),
        annotations={
            TITLE_ANNOTATION: title,
            DESCRIPTION_ANNOTATION: description,
            ENCODED_PARAMETERS_ANNOTATION: ",".join(encoded_parameters),
            **services_annotation(steps),
        },
        workflow_metadata=WorkflowMetadata(
            labels=labels(name),
            annotations={
                TITLE_ANNOTATION: title,
                DESCRIPTION_ANNOTATION: description,
            },
        ),
        entrypoint=ENTRYPOINT,
        on_exit=EXIT_HANDLER if on_exit else None,
        arguments=[
            *(
                _typed(one) if one.name in encoded_parameters else one
                for one in parameters
            ),
            *image_parameters([*pods, on_exit] if on_exit else pods),
        ],
        templates=[main, *pods, *(_exit_handler(on_exit) if on_exit else ())],
        service_account_name=name,
        active_deadline_seconds=deadline_seconds,
        synchronization=holding(mutex),
        metrics=workflow_metrics(metric_labels),
        archive_logs=archive_logs,
        artifact_repository_ref=(
            _artifact_repository() if archive_logs else None
        ),
        pod_spec_patch=executor_patch(),
        pod_metadata=Metadata(labels=labels(name)),
        pod_gc=PodGC(strategy="OnPodCompletion", delete_delay_duration="600s"),
        ttl_strategy=TTLStrategy(
            seconds_after_success=KEPT_AFTER_SUCCESS_SECONDS,
            seconds_after_failure=KEPT_AFTER_FAILURE_SECONDS,
        ),
        security_context=PodSecurityContext(
            run_as_non_root=True,
            run_as_user=NON_ROOT_USER,
            run_as_group=NON_ROOT_USER,
            fs_group=NON_ROOT_USER,
            seccomp_profile=SeccompProfile(type="RuntimeDefault"),
        ),
    )


def _typed(parameter: Parameter) -> Parameter:
    """Describes in a parameter's description how to type it."""
    found = copy(parameter)
    found.description = f"{parameter.description} {PLAIN_TEXT}"
    return found


def _exit_handler(last: Container) -> tuple[Container, DAG]:
    """Puts the last template into a DAG.

    After a workflow's deadline Argo ends every try that has no pod yet. It
    spares the exit handler's, but recognises the tries of a template by the
    DAG around it, and not where the template is the exit handler itself.
    """
    return last, DAG(
        name=EXIT_HANDLER, tasks=[Task(name=str(last.name), template=last)]
    )


def _artifact_repository() -> ArtifactRepositoryRef:
    return ArtifactRepositoryRef(config_map=ARTIFACT_REPOSITORY, key="default")
