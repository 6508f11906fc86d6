"""Models of a pod's containers, all closed."""

from typing import Annotated, Literal

from pydantic import Field

from moderate.project_rules.core_models import Closed

Port = Annotated[int, Field(ge=1, le=65_535)]
Quantities = dict[Literal["cpu", "memory", "ephemeral-storage"], str]


class SeccompProfile(Closed):
    """Which system calls may be made."""

    type: Literal["RuntimeDefault", "Localhost", "Unconfined"]
    localhost_profile: str | None = None


class PodSecurityContext(Closed):
    """What a pod's processes may do."""

    fs_group: int | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    seccomp_profile: SeccompProfile | None = None


class Capabilities(Closed):
    """Linux capabilities."""

    add: list[str] | None = None
    drop: list[str] | None = None


class SecurityContext(Closed):
    """What a container's processes may do."""

    allow_privilege_escalation: bool | None = None
    capabilities: Capabilities | None = None
    privileged: bool | None = None
    read_only_root_filesystem: bool | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    seccomp_profile: SeccompProfile | None = None


class KeyReference(Closed):
    """One key of a Secret or a ConfigMap."""

    name: str
    key: str
    optional: bool | None = None


class FieldReference(Closed):
    """A field of the pod itself."""

    field_path: str
    api_version: str | None = None


class VariableSource(Closed):
    """Where a variable comes from."""

    config_map_key_ref: KeyReference | None = None
    field_ref: FieldReference | None = None
    secret_key_ref: KeyReference | None = None


class Variable(Closed):
    """An environment variable."""

    name: str
    value: str | None = None
    value_from: VariableSource | None = None


class OptionalReference(Closed):
    """An object that may be absent."""

    name: str
    optional: bool | None = None


class VariablesSource(Closed):
    """Where many variables come from."""

    config_map_ref: OptionalReference | None = None
    prefix: str | None = None
    secret_ref: OptionalReference | None = None


class ContainerPort(Closed):
    """A port that a container listens on."""

    container_port: Port
    name: str | None = None
    protocol: Literal["TCP", "UDP", "SCTP"] | None = None


class HttpGet(Closed):
    """A request that asks how a container is."""

    path: str
    port: Port | str
    scheme: Literal["HTTP", "HTTPS"] | None = None


class Probe(Closed):
    """How the kubelet asks how a container is."""

    failure_threshold: int | None = None
    http_get: HttpGet
    initial_delay_seconds: int | None = None
    period_seconds: int | None = None
    success_threshold: int | None = None
    timeout_seconds: int | None = None


class ContainerResources(Closed):
    """What a container asks for and may use at most."""

    limits: Quantities | None = None
    requests: Quantities | None = None


class VolumeMount(Closed):
    """Where a volume is in a container."""

    name: str
    mount_path: str
    read_only: bool | None = None
    sub_path: str | None = None


class Container(Closed):
    """A container of a pod."""

    name: str
    image: str
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    env: list[Variable] | None = None
    env_from: list[VariablesSource] | None = None
    liveness_probe: Probe | None = None
    ports: list[ContainerPort] | None = None
    readiness_probe: Probe | None = None
    resources: ContainerResources
    security_context: SecurityContext
    startup_probe: Probe | None = None
    termination_message_policy: (
        Literal["File", "FallbackToLogsOnError"] | None
    ) = None
    volume_mounts: list[VolumeMount] | None = None
