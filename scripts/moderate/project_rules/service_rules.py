"""What this repository asks of every pod that runs all the time."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import Json, mapping, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from moderate.project_rules.container_checks import (
    identity_faults,
    privilege_faults,
    resource_faults,
    seccomp_faults,
)
from moderate.project_rules.group import PROJECT
from moderate.project_rules.service_pods import service_containers

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
    yield from identity_faults(
        merged.get("runAsNonRoot"), merged.get("runAsUser")
    )
    yield from seccomp_faults(merged.get("seccompProfile"))
    yield from privilege_faults(own)


def resources(folder: Folder) -> Iterator[Finding]:
    """Refuse containers without requests and limits.

    Args:
        folder: The files.

    Yields:
        One finding per container and kind.
    """
    for container in service_containers(folder):
        faults = resource_faults(container.body)
        yield from map(container.finding, faults)


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
    Rule(name, summary, check, PROJECT)
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
