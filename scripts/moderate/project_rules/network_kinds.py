"""Models of network policies, all closed."""

from typing import Annotated, Literal

from pydantic import Field

from moderate.project_rules.container_models import Port
from moderate.project_rules.core_models import (
    Closed,
    LabelSelector,
    NonEmpty,
    ObjectMeta,
)


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
