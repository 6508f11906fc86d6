"""The one way to make a pod: what holds for every container."""

from collections.abc import Iterable, Sequence

from hera.workflows import (
    ConfigMapEnv,
    Container,
    EmptyDirVolume,
    Env,
    Parameter,
    RetryStrategy,
    SecretEnv,
)
from hera.workflows import Resources as HeraResources
from hera.workflows.models import (
    Backoff,
    Capabilities,
    IntOrString,
    Quantity,
    SeccompProfile,
    SecurityContext,
    ValueFrom,
)

from steps.contract.errors import ExitCode
from steps.contract.log_context import RUN_VARIABLE
from steps.contract.log_settings import LogSettings
from steps.contract.outputs import (
    DEFAULT_OUTPUTS_DIR,
    OUTPUTS_DIR_VARIABLE,
)
from steps.contract.settings import ServiceSettings
from steps.contract.step import Resources, Retry
from workflows.authoring.locks import holding
from workflows.authoring.metrics import Metric
from workflows.authoring.names import CONFIG_MAP, secret_name

SCRATCH = "/tmp"  # noqa: S108  (the pod's own volume)
# By SIGKILL, as when memory runs out, and by SIGTERM.
KILLED = (137, 143)
# Argo's, where the pod ended without an end of the container: it was evicted,
# preempted, refused by its node, or the node went away.
NO_EXIT_CODE = -1
# Limits of the pod itself, as its message begins: a repetition ends the same
# way. What a container writes comes after its name and never at the beginning.
OWN_LIMITS = (
    "Pod was active on the node longer than",
    "Step exceeded its deadline",
    "Usage of EmptyDir volume",
    "Pod ephemeral local storage usage exceeds",
    "Container main exceeded its local ephemeral storage",
    "timeout$",
)
RETRY_EXPRESSION = (
    f"lastRetry.status == 'Error' || "
    f"asInt(lastRetry.exitCode) == {ExitCode.TEMPORARY_FAILURE:d} || "
    f"asInt(lastRetry.exitCode) in {[NO_EXIT_CODE, *KILLED]} && "
    f"not (lastRetry.message matches '^({'|'.join(OWN_LIMITS)})')"
)


def pod(
    name: str,
    *,
    image: str,
    settings: Iterable[type[ServiceSettings]],
    resources: Resources,
    retry: Retry,
    deadline_seconds: int,
    spec_patch: str | None = None,
    command: Sequence[str] | None = None,
    args: Sequence[str] | None = None,
    env: Sequence[Env] = (),
    inputs: Sequence[Parameter] = (),
    outputs: Iterable[str] = (),
    mutex: str | None = None,
    semaphore: str | None = None,
    metrics: Sequence[Metric] = (),
) -> Container:
    """Makes a container template that follows the project's rules.

    Args:
        name: Name of the template.
        image: The image, usually a parameter.
        settings: The settings whose variables the container gets.
        resources: What the container may use.
        retry: When it is repeated.
        deadline_seconds: The longest that one try may take.
        spec_patch: What parameters change of the pod.
        command: What runs; the image's own entrypoint where None.
        args: The arguments.
        env: Further environment variables, before those of the settings.
        inputs: The input parameters.
        outputs: Names of the outputs, one file each.
        mutex: What only one pod at a time may hold.
        semaphore: The limit, by its key, of what it counts towards.
        metrics: What operators watch of it.

    Returns:
        The template.
    """
    return Container(
        name=name,
        image=image,
        image_pull_policy="IfNotPresent",
        command=list(command) if command else None,
        args=list(args) if args else None,
        inputs=list(inputs),
        outputs=[_output(output) for output in outputs],
        env=[
            *env,
            Env(name="HOME", value=SCRATCH),
            Env(name="TMPDIR", value=SCRATCH),
            Env(name=OUTPUTS_DIR_VARIABLE, value=DEFAULT_OUTPUTS_DIR),
            Env(name=RUN_VARIABLE, value="{{workflow.name}}"),
            *environment(LogSettings),
            *(env for kind in settings for env in environment(kind)),
        ],
        volumes=[
            EmptyDirVolume(
                name="scratch",
                mount_path=SCRATCH,
                size_limit=Quantity(root=resources.scratch_limit),
            )
        ],
        resources=HeraResources(
            cpu_request=resources.cpu,
            cpu_limit=resources.cpu_limit,
            memory_request=resources.memory,
            memory_limit=resources.memory_limit,
        ),
        retry_strategy=_retry_strategy(retry),
        active_deadline_seconds=deadline_seconds,
        pod_spec_patch=spec_patch,
        synchronization=holding(mutex, semaphore=semaphore),
        metrics=list(metrics) or None,
        security_context=_security_context(),
        termination_message_policy="FallbackToLogsOnError",
    )


def environment(
    settings: type[ServiceSettings],
) -> list[SecretEnv | ConfigMapEnv]:
    """References the variables of a settings class.

    All are optional to Kubernetes, so that a missing one ends the step with
    a message that names it, and does not keep its pod from starting.

    Args:
        settings: The class.

    Returns:
        Secrets from the service's Secret, the rest from the ConfigMap.
    """
    return [
        SecretEnv(
            name=variable,
            secret_name=secret_name(settings.service),
            secret_key=variable,
            optional=True,
        )
        if settings.is_secret(variable)
        else ConfigMapEnv(
            name=variable,
            config_map_name=CONFIG_MAP,
            config_map_key=variable,
            optional=True,
        )
        for variable in settings.variables()
    ]


def _output(name: str) -> Parameter:
    return Parameter(
        name=name, value_from=ValueFrom(path=f"{DEFAULT_OUTPUTS_DIR}/{name}")
    )


def _retry_strategy(retry: Retry) -> RetryStrategy:
    return RetryStrategy(
        limit=retry.limit,
        retry_policy="Always",
        expression=RETRY_EXPRESSION,
        backoff=Backoff(
            duration=str(retry.pause_seconds),
            factor=IntOrString(root=str(retry.factor)),
            cap=str(retry.longest_pause_seconds),
        ),
    )


def _security_context() -> SecurityContext:
    return SecurityContext(
        allow_privilege_escalation=False,
        capabilities=Capabilities(drop=["ALL"]),
        read_only_root_filesystem=True,
        run_as_non_root=True,
        seccomp_profile=SeccompProfile(type="RuntimeDefault"),
    )
