"""The one way to make a pod of Argo Events."""

from collections.abc import Mapping
from typing import Any

from events.models.base import ObjectMeta
from events.models.pod import ContainerTemplate, PodTemplate, Resources
from workflows.authoring.names import labels

LIGHT = ContainerTemplate(
    resources=Resources.of(
        cpu="20m", memory="64Mi", cpu_limit="500m", memory_limit="256Mi"
    )
)


# A node that is lost is worse than a zone that is, and more frequent.
APART = {"kubernetes.io/hostname": 100, "topology.kubernetes.io/zone": 50}


def apart(labels: Mapping[str, str]) -> dict[str, Any]:
    """Keeps pods on different nodes, in different zones, where it can be.

    Args:
        labels: What the pods have in common.

    Returns:
        The affinity of the pods.
    """
    return {
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {
                    "weight": weight,
                    "podAffinityTerm": {
                        "labelSelector": {"matchLabels": dict(labels)},
                        "topologyKey": key,
                    },
                }
                for key, weight in APART.items()
            ]
        }
    }


def pod_template(component: str, service_account: str) -> PodTemplate:
    """Makes the pod of an EventSource or a Sensor.

    Args:
        component: What the pod's labels call it.
        service_account: Its account.

    Returns:
        The pod's template.
    """
    return PodTemplate(
        metadata=ObjectMeta(labels=labels(component)),
        service_account_name=service_account,
        container=LIGHT,
    )
