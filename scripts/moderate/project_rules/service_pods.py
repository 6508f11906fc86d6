"""A view of the pods that run all the time: services, sources, sensors."""

from collections.abc import Iterator
from dataclasses import dataclass

from argo_offline.manifests.access import Json, mapping, mappings, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, Manifest

EVENT_KINDS = frozenset({"EventSource", "Sensor"})
BUS_CONTAINERS = (
    "containerTemplate",
    "metricsContainerTemplate",
    "reloaderContainerTemplate",
)


@dataclass(frozen=True, eq=False)
class ServiceContainer:
    """One container of a pod that runs all the time.

    Attributes:
        manifest: The object that makes the pod.
        pod: The pod's specification.
        body: The container.
        where: Where it is in the object.
    """

    manifest: Manifest
    pod: Json
    body: Json
    where: str

    def finding(self, message: str) -> Finding:
        """Describe what is wrong in it.

        Args:
            message: What is wrong and what to do.

        Returns:
            The finding.
        """
        return Finding(self.manifest.file, self.where, message)


def service_containers(folder: Folder) -> Iterator[ServiceContainer]:
    """List the containers of all such pods.

    Args:
        folder: The files.

    Yields:
        The containers, in order.
    """
    for manifest in folder.manifests:
        if manifest.kind in EVENT_KINDS:
            yield from _of_events(manifest)
        elif manifest.kind == "EventBus":
            yield from _of_bus(manifest)
        elif manifest.kind == "Deployment":
            yield from _of_deployment(manifest)


def _of_events(manifest: Manifest) -> Iterator[ServiceContainer]:
    pod = mapping(manifest.spec, "template")
    body = mapping(pod, "container")
    yield ServiceContainer(manifest, pod, body, "spec.template.container")


def _of_bus(manifest: Manifest) -> Iterator[ServiceContainer]:
    pod = mapping(manifest.spec, "jetstream")
    for name in BUS_CONTAINERS:
        where = f"spec.jetstream.{name}"
        yield ServiceContainer(manifest, pod, mapping(pod, name), where)


def _of_deployment(manifest: Manifest) -> Iterator[ServiceContainer]:
    pod = mapping(manifest.spec, "template", "spec")
    for field in ("initContainers", "containers"):
        for body in mappings(pod.get(field)):
            where = f"spec.template.spec.{field}[{text(body.get('name'))}]"
            yield ServiceContainer(manifest, pod, body, where)
