"""What this repository asks of every pod."""

import re
from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import (
    Json,
    mapping,
    mappings,
    sequence,
    text,
)
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import workflows
from moderate.project_rules.group import PROJECT
from moderate.project_rules.pods import (
    containers,
    effective,
    pod_templates,
    template_containers,
)

# The renderer sets this image where a workflow sets none.
IMAGE_NOT_SET = "image-not-set"
HERA_DEFAULT_IMAGE = "python:3.10"
WHOLLY_A_TAG = re.compile(r"\{\{[^{}]+\}\}")
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
ROOT = 0
RESOURCES = ("cpu", "memory")
DEFAULT_PROFILE = "RuntimeDefault"


def images(folder: Folder) -> Iterator[Finding]:
    """Refuse missing images and images without a fixed version."""
    for container in template_containers(folder):
        problem = image_problem(text(container.body.get("image")))
        if problem:
            yield container.finding(problem)


def image_problem(image: str) -> str:
    """Check an image.

    Args:
        image: The image with its tag or digest.

    Returns:
        What is wrong and what to do, empty when nothing is.
    """
    if not image or image.partition(":")[0] == IMAGE_NOT_SET:
        return "has no image; set 'image'"
    if image == HERA_DEFAULT_IMAGE:
        return f"has Hera's default image '{image}'; set 'image'"
    if WHOLLY_A_TAG.fullmatch(image) or DIGEST.search(image):
        return ""
    _, colon, version = image.rpartition("/")[2].partition(":")
    if not colon or not version:
        return f"image '{image}' has no version; add a tag or a digest"
    if version == "latest":
        return f"image '{image}' has no fixed version; name one"
    return ""


def non_root(folder: Folder) -> Iterator[Finding]:
    """Refuse containers that may run as root."""
    for container in containers(folder):
        if container.restriction("runAsNonRoot") is not True:
            yield container.finding(
                "may run as root; set securityContext.runAsNonRoot: true"
            )
        if container.restriction("runAsUser") == ROOT:
            yield container.finding(
                "runs as root; set securityContext.runAsUser to another user"
            )


def seccomp(folder: Folder) -> Iterator[Finding]:
    """Refuse containers without the default seccomp profile."""
    for container in containers(folder):
        profile = mapping(container.restriction("seccompProfile"))
        if profile.get("type") != DEFAULT_PROFILE:
            yield container.finding(
                "has no seccomp profile; set "
                "securityContext.seccompProfile.type: RuntimeDefault"
            )


def privileges(folder: Folder) -> Iterator[Finding]:
    """Refuse containers that can gain privileges or write to their image."""
    for container in containers(folder):
        context = mapping(container.body, "securityContext")
        yield from map(container.finding, _privileges(context))


def _privileges(context: Json) -> Iterator[str]:
    """Yields what a container may do; a pod's context does not count here."""
    if context.get("readOnlyRootFilesystem") is not True:
        yield (
            "can write to its image; set "
            "securityContext.readOnlyRootFilesystem: true"
        )
    if context.get("allowPrivilegeEscalation") is not False:
        yield (
            "can gain privileges; set "
            "securityContext.allowPrivilegeEscalation: false"
        )
    if context.get("privileged") is True:
        yield "is privileged; remove 'privileged'"
    if "ALL" not in sequence(mapping(context, "capabilities").get("drop")):
        yield (
            "keeps capabilities; set securityContext.capabilities.drop: [ALL]"
        )


def resources(folder: Folder) -> Iterator[Finding]:
    """Refuse containers without requests and limits."""
    for container in containers(folder):
        for kind in ("requests", "limits"):
            stated = mapping(container.body, "resources", kind)
            lacking = [name for name in RESOURCES if name not in stated]
            if lacking:
                yield container.finding(
                    f"has no resources.{kind} for {' and '.join(lacking)}; "
                    "set them"
                )


def deadlines(folder: Folder) -> Iterator[Finding]:
    """Refuse pods and workflows that may run for ever."""
    message = "may run for ever; set activeDeadlineSeconds"
    for template in pod_templates(folder):
        if not effective(template).get("activeDeadlineSeconds"):
            yield template.finding(None, message)
    for workflow in workflows(folder):
        own = not workflow.reference
        if own and not workflow.spec.get("activeDeadlineSeconds"):
            yield workflow.finding("workflow", message)


def host_access(folder: Folder) -> Iterator[Finding]:
    """Refuse pods that reach into their node."""
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
        ("images", "images are set and have a fixed version", images),
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
