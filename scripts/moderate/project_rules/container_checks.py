"""What every container has to hold, wherever it runs."""

from collections.abc import Iterator

from argo_offline.manifests.access import Json, mapping, sequence

ROOT = 0
RESOURCES = ("cpu", "memory")
DEFAULT_PROFILE = "RuntimeDefault"


def identity_faults(
    run_as_non_root: object, run_as_user: object
) -> Iterator[str]:
    """Find out whether a container may run as root.

    Args:
        run_as_non_root: The setting that holds for it.
        run_as_user: The setting that holds for it.

    Yields:
        What is wrong and what to do.
    """
    if run_as_non_root is not True:
        yield "may run as root; set securityContext.runAsNonRoot: true"
    if run_as_user == ROOT:
        yield "runs as root; set securityContext.runAsUser to another user"


def seccomp_faults(profile: object) -> Iterator[str]:
    """Find out whether a container may make any system call.

    Args:
        profile: The seccomp profile that holds for it.

    Yields:
        What is wrong and what to do.
    """
    if mapping(profile).get("type") != DEFAULT_PROFILE:
        yield (
            "has no seccomp profile; set "
            "securityContext.seccompProfile.type: RuntimeDefault"
        )


def privilege_faults(context: Json) -> Iterator[str]:
    """Find out what a container may do beyond its work.

    Args:
        context: Its own security context; a pod's does not count here.

    Yields:
        What is wrong and what to do.
    """
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


def resource_faults(container: Json) -> Iterator[str]:
    """Find out whether a container's share of the node is unknown.

    Args:
        container: The container.

    Yields:
        What is wrong and what to do.
    """
    for kind in ("requests", "limits"):
        stated = mapping(container, "resources", kind)
        lacking = [name for name in RESOURCES if name not in stated]
        if lacking:
            yield (
                f"has no resources.{kind} for {' and '.join(lacking)}; "
                "set them"
            )
