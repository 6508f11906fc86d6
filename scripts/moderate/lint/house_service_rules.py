"""What this repository asks of every pod that runs all the time."""

from collections.abc import Iterator

from moderate.lint.access import Json, mapping, sequence, text
from moderate.lint.finding import Finding, Group, Rule
from moderate.lint.folder import Folder
from moderate.lint.service_pods import service_containers

ROOT = 0
RESOURCES = ("cpu", "memory")
DEFAULT_ACCOUNT = "default"


def restricted(folder: Folder) -> Iterator[Finding]:
    """Refuse containers that may do more than the restricted standard.

    Args:
        folder: The files.

    Yields:
        One finding per missing restriction.
    """
    for container in service_containers(folder):
        pod = mapping(container.pod, "securityContext")
        own = mapping(container.body, "securityContext")
        for message in _lacking({**pod, **own}, own):
            yield container.finding(message)


def _lacking(merged: Json, own: Json) -> Iterator[str]:
    if merged.get("runAsNonRoot") is not True:
        yield "may run as root; set securityContext.runAsNonRoot: true"
    if merged.get("runAsUser") == ROOT:
        yield "runs as root; set securityContext.runAsUser to another user"
    if mapping(merged, "seccompProfile").get("type") != "RuntimeDefault":
        yield (
            "has no seccomp profile; set "
            "securityContext.seccompProfile.type: RuntimeDefault"
        )
    if own.get("readOnlyRootFilesystem") is not True:
        yield (
            "can write to its image; set "
            "securityContext.readOnlyRootFilesystem: true"
        )
    if own.get("allowPrivilegeEscalation") is not False:
        yield (
            "can gain privileges; set "
            "securityContext.allowPrivilegeEscalation: false"
        )
    if "ALL" not in sequence(mapping(own, "capabilities").get("drop")):
        yield (
            "keeps capabilities; set securityContext.capabilities.drop: [ALL]"
        )


def resources(folder: Folder) -> Iterator[Finding]:
    """Refuse containers without requests and limits.

    Args:
        folder: The files.

    Yields:
        One finding per container and kind.
    """
    for container in service_containers(folder):
        for kind in ("requests", "limits"):
            stated = mapping(container.body, "resources", kind)
            lacking = [name for name in RESOURCES if name not in stated]
            if lacking:
                yield container.finding(
                    f"has no resources.{kind} for {' and '.join(lacking)}; "
                    "set them"
                )


def accounts(folder: Folder) -> Iterator[Finding]:
    """Refuse pods that run as the namespace's default account.

    Args:
        folder: The files.

    Yields:
        One finding per container.
    """
    for container in service_containers(folder):
        account = text(container.pod.get("serviceAccountName"))
        if not account or account == DEFAULT_ACCOUNT:
            yield container.finding(
                "runs as the namespace's default account; set "
                "serviceAccountName"
            )


RULES = tuple(
    Rule(name, summary, check, Group.HOUSE)
    for name, summary, check in (
        (
            "service-restricted",
            "services hold the restricted pod security standard",
            restricted,
        ),
        (
            "service-resources",
            "services have requests and limits",
            resources,
        ),
        (
            "service-accounts",
            "services have an account of their own",
            accounts,
        ),
    )
)
