"""What this repository asks of every pod."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import Json, mapping, mappings, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import workflows
from moderate.project_rules.container_checks import (
    identity_faults,
    privilege_faults,
    resource_faults,
    seccomp_faults,
)
from moderate.project_rules.group import PROJECT
from moderate.project_rules.pods import (
    Container,
    containers,
    effective,
    pod_templates,
)


def security_contexts(container: Container) -> list[Json]:
    """List the security contexts of a container, the nearest one first.

    Args:
        container: The container.

    Returns:
        Those of the container, its template and its workflow.
    """
    template = container.template
    return [
        mapping(container.body, "securityContext"),
        mapping(effective(template), "securityContext"),
        mapping(template.workflow.spec, "securityContext"),
    ]


def first_set(contexts: list[Json], key: str) -> object:
    """Read a field of the nearest security context that has it.

    Args:
        contexts: Security contexts, the nearest one first.
        key: The field.

    Returns:
        Its value, None when none has it.
    """
    return next((item[key] for item in contexts if key in item), None)


def non_root(folder: Folder) -> Iterator[Finding]:
    """Refuse containers that may run as root.

    Args:
        folder: The files.

    Yields:
        One finding per container.
    """
    for container in containers(folder):
        contexts = security_contexts(container)
        faults = identity_faults(
            first_set(contexts, "runAsNonRoot"),
            first_set(contexts, "runAsUser"),
        )
        yield from map(container.finding, faults)


def seccomp(folder: Folder) -> Iterator[Finding]:
    """Refuse containers without the default seccomp profile.

    Args:
        folder: The files.

    Yields:
        One finding per container.
    """
    for container in containers(folder):
        profile = first_set(security_contexts(container), "seccompProfile")
        yield from map(container.finding, seccomp_faults(profile))


def privileges(folder: Folder) -> Iterator[Finding]:
    """Refuse containers that can gain privileges or write to their image.

    Args:
        folder: The files.

    Yields:
        One finding per missing restriction.
    """
    for container in containers(folder):
        context = mapping(container.body, "securityContext")
        yield from map(container.finding, privilege_faults(context))


def resources(folder: Folder) -> Iterator[Finding]:
    """Refuse containers without requests and limits.

    Args:
        folder: The files.

    Yields:
        One finding per container and kind.
    """
    for container in containers(folder):
        faults = resource_faults(container.body)
        yield from map(container.finding, faults)


def deadlines(folder: Folder) -> Iterator[Finding]:
    """Refuse pods and workflows that may run for ever.

    Args:
        folder: The files.

    Yields:
        One finding per pod template and workflow.
    """
    message = "may run for ever; set activeDeadlineSeconds"
    for template in pod_templates(folder):
        if not effective(template).get("activeDeadlineSeconds"):
            yield template.finding(None, message)
    for workflow in workflows(folder):
        own = not workflow.reference
        if own and not workflow.spec.get("activeDeadlineSeconds"):
            yield workflow.finding("workflow", message)


def host_access(folder: Folder) -> Iterator[Finding]:
    """Refuse pods that reach into their node.

    Args:
        folder: The files.

    Yields:
        One finding per way in.
    """
    message = "reaches into the node; use another kind of volume"
    for workflow in workflows(folder):
        if workflow.spec.get("hostNetwork") is True:
            yield workflow.finding("workflow", "hostNetwork: remove it")
        for name in host_paths(workflow.spec):
            yield workflow.finding("workflow", f"volume {name} {message}")
        for template in workflow.templates:
            for name in host_paths(template.body):
                yield template.finding(None, f"volume {name} {message}")


def host_paths(body: Json) -> list[str]:
    """List the volumes on the node's own files.

    Args:
        body: A workflow's specification or a template.

    Returns:
        Their names.
    """
    volumes = mappings(body.get("volumes"))
    return [text(v.get("name")) for v in volumes if "hostPath" in v]


RULES = tuple(
    Rule(name, summary, check, PROJECT)
    for name, summary, check in (
        ("non-root", "containers run as a user other than root", non_root),
        ("seccomp", "containers have the default seccomp profile", seccomp),
        (
            "privileges",
            "containers cannot gain privileges or write to their image",
            privileges,
        ),
        ("resources", "containers have requests and limits", resources),
        ("deadlines", "pods and workflows have a deadline", deadlines),
        ("host-access", "pods do not reach into their node", host_access),
    )
)
