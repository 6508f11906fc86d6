"""The one way to make a pod of Argo Events."""

from events.models.base import ObjectMeta
from events.models.pod import ContainerTemplate, PodTemplate, Resources
from workflows.authoring.names import labels

LIGHT = ContainerTemplate(
    resources=Resources.of(
        cpu="20m", memory="64Mi", cpu_limit="500m", memory_limit="256Mi"
    )
)


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
