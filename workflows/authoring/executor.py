"""Argo's own containers in each pod, held to the restricted standard."""

import json

EXECUTOR_SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}


def executor_patch() -> str:
    """Restricts the containers that Argo's executor adds to a pod.

    Argo leaves that to the settings of its controller, which may not be
    this project's to change. A namespace that holds the *restricted* Pod
    Security Standard refuses the pods otherwise.

    Returns:
        A ``podSpecPatch``.
    """
    init, wait = (
        {"name": name, "securityContext": EXECUTOR_SECURITY}
        for name in ("init", "wait")
    )
    return json.dumps({"initContainers": [init], "containers": [wait]})
