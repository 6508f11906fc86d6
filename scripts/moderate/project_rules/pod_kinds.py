"""Models of pods, and of what runs and keeps them, all closed."""

from typing import Annotated, Any, Literal

from pydantic import Field

from moderate.project_rules.container_models import (
    Container,
    PodSecurityContext,
)
from moderate.project_rules.core_models import (
    Closed,
    LabelSelector,
    LocalReference,
    ObjectMeta,
)


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
