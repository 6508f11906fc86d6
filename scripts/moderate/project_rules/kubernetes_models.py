"""Models of the Kubernetes objects beside Argo's own, all closed."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Strings = dict[str, str]
NonEmpty = Annotated[list[str], Field(min_length=1)]


class Closed(BaseModel):
    """A model that refuses unknown fields and converts nothing."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, strict=True
    )


class ObjectMeta(Closed):
    """The metadata that a file may state."""

    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    labels: Strings | None = None
    annotations: Strings | None = None
    finalizers: list[str] | None = None


class LocalReference(Closed):
    """A reference to an object of the same namespace."""

    name: str


class LabelRequirement(Closed):
    """A condition on a label."""

    key: str
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: list[str] | None = None


class LabelSelector(Closed):
    """A selection of objects by their labels."""

    match_expressions: list[LabelRequirement] | None = None
    match_labels: Strings | None = None


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


class EmptyDir(Closed):
    """A volume that ends with its pod."""

    medium: Literal["", "Memory"] | None = None
    size_limit: str | None = None


class Volume(Closed):
    """A volume of a pod; none that reaches into the node."""

    name: str
    empty_dir: EmptyDir


class PodSpec(Closed):
    """What a pod runs."""

    affinity: dict[str, Any] | None = None
    active_deadline_seconds: int | None = None
    automount_service_account_token: bool | None = None
    containers: Annotated[list[Container], Field(min_length=1)]
    enable_service_links: bool | None = None
    image_pull_secrets: list[LocalReference] | None = None
    init_containers: list[Container] | None = None
    node_selector: dict[str, str] | None = None
    priority_class_name: str | None = None
    restart_policy: Literal["Always", "OnFailure", "Never"] | None = None
    security_context: PodSecurityContext
    service_account_name: str | None = None
    termination_grace_period_seconds: int | None = None
    tolerations: list[dict[str, Any]] | None = None
    volumes: list[Volume] | None = None


class Pod(Closed):
    """A pod."""

    api_version: Literal["v1"]
    kind: Literal["Pod"]
    metadata: ObjectMeta
    spec: PodSpec


class PodTemplate(Closed):
    """The pods that a Deployment makes."""

    metadata: ObjectMeta
    spec: PodSpec


class DeploymentSpec(Closed):
    """What a Deployment keeps running."""

    min_ready_seconds: int | None = None
    progress_deadline_seconds: int | None = None
    replicas: int
    revision_history_limit: int | None = None
    selector: LabelSelector
    template: PodTemplate


class Deployment(Closed):
    """A Deployment."""

    api_version: Literal["apps/v1"]
    kind: Literal["Deployment"]
    metadata: ObjectMeta
    spec: DeploymentSpec


class PodDisruptionBudgetSpec(Closed):
    """How many pods a drain of nodes leaves."""

    max_unavailable: int | str | None = None
    min_available: int | str | None = None
    selector: LabelSelector
    unhealthy_pod_eviction_policy: (
        Literal["AlwaysAllow", "IfHealthyBudget"] | None
    ) = None


class PodDisruptionBudget(Closed):
    """A pod disruption budget."""

    api_version: Literal["policy/v1"]
    kind: Literal["PodDisruptionBudget"]
    metadata: ObjectMeta
    spec: PodDisruptionBudgetSpec


class NetworkPort(Closed):
    """A port that traffic may go to."""

    end_port: Port | None = None
    port: Port | str
    protocol: Literal["TCP", "UDP", "SCTP"] | None = None


class AddressBlock(Closed):
    """A network."""

    cidr: str
    except_: Annotated[list[str] | None, Field(alias="except")] = None


class Peer(Closed):
    """Whom traffic may come from or go to."""

    ip_block: AddressBlock | None = None
    namespace_selector: LabelSelector | None = None
    pod_selector: LabelSelector | None = None


class IngressRule(Closed):
    """Traffic to a pod that is let in."""

    from_: Annotated[list[Peer] | None, Field(alias="from")] = None
    ports: list[NetworkPort] | None = None


class EgressRule(Closed):
    """Traffic of a pod that is let out."""

    ports: list[NetworkPort] | None = None
    to: list[Peer] | None = None


class NetworkPolicySpec(Closed):
    """The traffic of the selected pods."""

    egress: list[EgressRule] | None = None
    ingress: list[IngressRule] | None = None
    pod_selector: LabelSelector
    policy_types: NonEmpty


class NetworkPolicy(Closed):
    """A network policy."""

    api_version: Literal["networking.k8s.io/v1"]
    kind: Literal["NetworkPolicy"]
    metadata: ObjectMeta
    spec: NetworkPolicySpec


class ObjectReference(Closed):
    """A reference to any object."""

    api_version: str | None = None
    kind: str | None = None
    name: str
    namespace: str | None = None


class PolicyRule(Closed):
    """What a role allows."""

    api_groups: list[str] | None = None
    resources: NonEmpty
    resource_names: list[str] | None = None
    verbs: NonEmpty


class RoleReference(Closed):
    """The role that a binding grants."""

    api_group: Literal["rbac.authorization.k8s.io"]
    kind: Literal["Role", "ClusterRole"]
    name: str


class Subject(Closed):
    """Whom a binding grants a role to."""

    api_group: str | None = None
    kind: Literal["ServiceAccount", "User", "Group"]
    name: str
    namespace: str | None = None


class ServiceAccount(Closed):
    """A service account."""

    api_version: Literal["v1"]
    kind: Literal["ServiceAccount"]
    metadata: ObjectMeta
    automount_service_account_token: bool | None = None
    image_pull_secrets: list[LocalReference] | None = None
    secrets: list[ObjectReference] | None = None


class Role(Closed):
    """A role."""

    api_version: Literal["rbac.authorization.k8s.io/v1"]
    kind: Literal["Role"]
    metadata: ObjectMeta
    rules: list[PolicyRule]


class RoleBinding(Closed):
    """A role binding."""

    api_version: Literal["rbac.authorization.k8s.io/v1"]
    kind: Literal["RoleBinding"]
    metadata: ObjectMeta
    role_ref: RoleReference
    subjects: list[Subject] | None = None


class ConfigMap(Closed):
    """A config map."""

    api_version: Literal["v1"]
    kind: Literal["ConfigMap"]
    metadata: ObjectMeta
    data: Strings | None = None
    binary_data: Strings | None = None
    immutable: bool | None = None


CORE_KINDS: dict[str, type[Closed]] = {
    "ConfigMap": ConfigMap,
    "Deployment": Deployment,
    "NetworkPolicy": NetworkPolicy,
    "Pod": Pod,
    "PodDisruptionBudget": PodDisruptionBudget,
    "Role": Role,
    "RoleBinding": RoleBinding,
    "ServiceAccount": ServiceAccount,
}
