"""EventBus: NATS JetStream, which keeps events until they are handled."""

from typing import Any, Literal

from events.models.base import Model, ObjectMeta
from events.models.pod import ContainerTemplate, PodSecurity

API_VERSION: Literal["argoproj.io/v1alpha1"] = "argoproj.io/v1alpha1"


class Persistence(Model):
    """The volume of each replica.

    Attributes:
        access_mode: Who may mount it.
        volume_size: Its size.
    """

    access_mode: Literal["ReadWriteOnce"] = "ReadWriteOnce"
    volume_size: str


class JetStream(Model):
    """A JetStream cluster.

    Attributes:
        version: A version that the controller's configuration lists.
        replicas: How many servers.
        persistence: Their volumes; events die with the pod where None.
        stream_config: What the streams keep, as YAML.
        metadata: The labels of the pods.
        affinity: Where the pods run.
        service_account_name: The account of the pods.
        security_context: What the pods may do.
        container_template: The NATS server.
        metrics_container_template: The exporter of metrics.
        reloader_container_template: What reloads the configuration.
    """

    version: str
    replicas: int
    persistence: Persistence | None = None
    stream_config: str
    metadata: ObjectMeta
    affinity: dict[str, Any]
    service_account_name: str
    security_context: PodSecurity = PodSecurity()
    container_template: ContainerTemplate
    metrics_container_template: ContainerTemplate
    reloader_container_template: ContainerTemplate


class EventBusSpec(Model):
    """What an EventBus runs.

    Attributes:
        jetstream: The JetStream cluster.
    """

    jetstream: JetStream


class EventBus(Model):
    """An EventBus.

    Attributes:
        metadata: Its name and labels.
        spec: What it runs.
    """

    api_version: Literal["argoproj.io/v1alpha1"] = API_VERSION
    kind: Literal["EventBus"] = "EventBus"
    metadata: ObjectMeta
    spec: EventBusSpec
