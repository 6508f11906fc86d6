"""Models of the Kubernetes objects that go with workflows, all closed."""

from typing import Annotated, Literal

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
    labels: Strings = {}
    annotations: Strings = {}
    finalizers: list[str] = []


class LocalReference(Closed):
    """A reference to an object of the same namespace."""

    name: str


class ObjectReference(Closed):
    """A reference to any object."""

    api_version: str | None = None
    kind: str | None = None
    name: str
    namespace: str | None = None


class PolicyRule(Closed):
    """What a role allows."""

    api_groups: list[str] = []
    resources: NonEmpty
    resource_names: list[str] = []
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
    image_pull_secrets: list[LocalReference] = []
    secrets: list[ObjectReference] = []


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
    subjects: list[Subject] = []


class ConfigMap(Closed):
    """A config map."""

    api_version: Literal["v1"]
    kind: Literal["ConfigMap"]
    metadata: ObjectMeta
    data: Strings = {}
    binary_data: Strings = {}
    immutable: bool | None = None


CORE_KINDS: dict[str, type[Closed]] = {
    "ConfigMap": ConfigMap,
    "Role": Role,
    "RoleBinding": RoleBinding,
    "ServiceAccount": ServiceAccount,
}
