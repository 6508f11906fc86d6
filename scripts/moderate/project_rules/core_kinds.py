"""Models of the Kubernetes objects that go with workflows, all closed."""

from typing import Literal

from moderate.project_rules.core_models import (
    Closed,
    LocalReference,
    NonEmpty,
    ObjectMeta,
    Strings,
)
from moderate.project_rules.network_kinds import NetworkPolicy
from moderate.project_rules.pod_kinds import (
    Deployment,
    Pod,
    PodDisruptionBudget,
)


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
