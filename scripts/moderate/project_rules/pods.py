"""A view of the pods that templates run."""

from collections.abc import Iterator
from dataclasses import dataclass

from argo_offline.manifests.access import Json, mapping, mappings, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import POD_TYPES, Template, all_templates

CONTAINER_TYPES = ("container", "script")
CONTAINER_LISTS = ("initContainers", "sidecars")


@dataclass(frozen=True, eq=False)
class Container:
    """One container of a template's pod.

    Attributes:
        template: The template.
        body: The container with the workflow's template defaults.
        name: "container", "script" or the container's name.
    """

    template: Template
    body: Json
    name: str

    def finding(self, message: str) -> Finding:
        """Describe what is wrong in it.

        Args:
            message: What is wrong and what to do.

        Returns:
            The finding.
        """
        return self.template.finding(None, f"{self.name}: {message}")


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


def containers(folder: Folder) -> Iterator[Container]:
    """List the containers of all templates.

    Args:
        folder: The files.

    Yields:
        The containers, in order.
    """
    for template in all_templates(folder):
        yield from containers_of(template)


def containers_of(template: Template) -> Iterator[Container]:
    """List the containers of a template.

    Args:
        template: The template.

    Yields:
        Its main containers, initial containers and sidecars.
    """
    body = effective(template)
    for key in CONTAINER_TYPES:
        if key in body:
            yield Container(template, mapping(body, key), key)
    grouped = mappings(mapping(body, "containerSet").get("containers"))
    for key in CONTAINER_LISTS:
        grouped += mappings(body.get(key))
    for item in grouped:
        yield Container(template, item, f"container {text(item.get('name'))}")


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
