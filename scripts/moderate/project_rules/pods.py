"""A view of all pods: those of templates, and those that run all the time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from argo_offline.manifests.access import Json, mapping, mappings, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, Manifest
from argo_offline.manifests.workflow import POD_TYPES, Template, all_templates

CONTAINER_TYPES = ("container", "script")
CONTAINER_LISTS = ("initContainers", "sidecars")
EVENT_KINDS = frozenset({"EventSource", "Sensor"})
BUS_CONTAINERS = (
    "containerTemplate",
    "metricsContainerTemplate",
    "reloaderContainerTemplate",
)
POD_PLACES = {"Deployment": ("spec", "template", "spec"), "Pod": ("spec",)}
CONTEXT = "securityContext"


@dataclass(frozen=True, eq=False)
class Container:
    """One container of a pod.

    Attributes:
        body: The container, with the defaults of its workflow.
        contexts: The security contexts around it, the nearest one first.
        finding: Describes what is wrong in it.
    """

    body: Json
    contexts: tuple[Json, ...]
    finding: Callable[[str], Finding]

    def restriction(self, field: str) -> object:
        """Read a field of the nearest security context that has it.

        Args:
            field: The field.

        Returns:
            Its value, None when none has it.
        """
        contexts = (mapping(self.body, CONTEXT), *self.contexts)
        return next((one[field] for one in contexts if field in one), None)


@dataclass(frozen=True, eq=False)
class Service:
    """A pod that runs all the time: an event source's, a Deployment's, a Pod.

    Attributes:
        account: The service account that it runs as.
        containers: Its containers.
    """

    account: str
    containers: tuple[Container, ...]


def merged(base: Json, over: Json) -> Json:
    """Merge two objects, key by key.

    Args:
        base: The defaults.
        over: What takes precedence.

    Returns:
        The merged object.
    """
    result = {**base, **over}
    for key in set(base) & set(over):
        below, above = base[key], over[key]
        if isinstance(below, dict) and isinstance(above, dict):
            result[key] = merged(below, above)
    return result


def effective(template: Template) -> Json:
    """Put a workflow's template defaults under a template.

    Args:
        template: The template.

    Returns:
        The template as it runs; defaults for another type are left out.
    """
    defaults = mapping(template.workflow.spec, "templateDefaults")
    foreign = {key for key in POD_TYPES if key not in template.body}
    fitting = {k: v for k, v in defaults.items() if k not in foreign}
    return merged(fitting, template.body)


def pod_templates(folder: Folder) -> Iterator[Template]:
    """List the templates that run a pod.

    Args:
        folder: The files.

    Yields:
        The templates, in order.
    """
    for template in all_templates(folder):
        if any(key in template.body for key in POD_TYPES):
            yield template


def template_containers(folder: Folder) -> Iterator[Container]:
    """List the containers of all templates.

    Args:
        folder: The files.

    Yields:
        Main containers, initial containers and sidecars, in order.
    """
    for template in all_templates(folder):
        body = effective(template)
        contexts = (
            mapping(body, CONTEXT),
            mapping(template.workflow.spec, CONTEXT),
        )
        found = {key: mapping(body, key) for key in CONTAINER_TYPES}
        for name, one in found.items():
            if name in body:
                yield Container(one, contexts, _finds(template, name))
        grouped = mappings(mapping(body, "containerSet").get("containers"))
        for key in CONTAINER_LISTS:
            grouped += mappings(body.get(key))
        for one in grouped:
            name = f"container {text(one.get('name'))}"
            yield Container(one, contexts, _finds(template, name))


def _finds(template: Template, name: str) -> Callable[[str], Finding]:
    return lambda message: template.finding(None, f"{name}: {message}")


def services(folder: Folder) -> Iterator[Service]:
    """List the pods that run all the time.

    Args:
        folder: The files.

    Yields:
        Those of event sources, sensors, event buses, Deployments, and Pods.
    """
    for manifest in folder.manifests:
        pod, bodies = _pod_of(manifest)
        if bodies:
            contexts = (mapping(pod, CONTEXT),)
            yield Service(
                account=text(pod.get("serviceAccountName")),
                containers=tuple(
                    Container(body, contexts, _finds_at(manifest, where))
                    for where, body in bodies.items()
                ),
            )


def _pod_of(manifest: Manifest) -> tuple[Json, dict[str, Json]]:
    """Returns the pod of a manifest, and its containers by their place."""
    if manifest.kind in EVENT_KINDS:
        pod = mapping(manifest.spec, "template")
        return pod, {"spec.template.container": mapping(pod, "container")}
    if manifest.kind == "EventBus":
        pod = mapping(manifest.spec, "jetstream")
        bodies = {
            f"spec.jetstream.{k}": mapping(pod, k) for k in BUS_CONTAINERS
        }
        return pod, bodies
    where = POD_PLACES.get(manifest.kind)
    if where is None:
        return {}, {}
    pod = mapping(manifest.document, *where)
    return pod, {
        f"{'.'.join(where)}.{field}[{text(body.get('name'))}]": body
        for field in ("initContainers", "containers")
        for body in mappings(pod.get(field))
    }


def _finds_at(manifest: Manifest, where: str) -> Callable[[str], Finding]:
    return lambda message: Finding(manifest.file, where, message)


def containers(folder: Folder) -> Iterator[Container]:
    """List the containers of all pods.

    Args:
        folder: The files.

    Yields:
        Those of templates, and those that run all the time.
    """
    yield from template_containers(folder)
    for service in services(folder):
        yield from service.containers
