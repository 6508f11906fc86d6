"""Argo's own containers in each pod: restricted, and alone with a token."""

import json
from typing import Any

EXECUTOR_SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}
TOKEN_VOLUME = "executor-token"  # noqa: S105  (a volume's name)
TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105
# The kubelet renews it; what Kubernetes asks for by itself.
TOKEN_SECONDS = 3_607
CLUSTER_CA = "kube-root-ca.crt"


def executor_patch() -> str:
    """Restricts the containers that Argo's executor adds to a pod.

    Argo leaves that to the settings of its controller, which may not be
    this project's to change. A namespace that holds the *restricted* Pod
    Security Standard refuses the pods otherwise.

    Only these containers get a token of the Kubernetes API, where their
    client expects it. It is bound to the pod, and needs no Secret, which
    ``executor.serviceAccountName`` would.

    Returns:
        A ``podSpecPatch``.
    """
    init, wait = (
        {
            "name": name,
            "securityContext": EXECUTOR_SECURITY,
            "volumeMounts": [
                {
                    "name": TOKEN_VOLUME,
                    "mountPath": TOKEN_FOLDER,
                    "readOnly": True,
                }
            ],
        }
        for name in ("init", "wait")
    )
    return json.dumps(
        {
            "automountServiceAccountToken": False,
            "initContainers": [init],
            "containers": [wait],
            "volumes": [_token()],
        }
    )


def _token() -> dict[str, Any]:
    """Makes the volume that Kubernetes mounts for an account by itself."""
    namespace = {"fieldPath": "metadata.namespace"}
    return {
        "name": TOKEN_VOLUME,
        "projected": {
            "sources": [
                {
                    "serviceAccountToken": {
                        "path": "token",
                        "expirationSeconds": TOKEN_SECONDS,
                    }
                },
                {
                    "configMap": {
                        "name": CLUSTER_CA,
                        "items": [{"key": "ca.crt", "path": "ca.crt"}],
                    }
                },
                {
                    "downwardAPI": {
                        "items": [{"path": "namespace", "fieldRef": namespace}]
                    }
                },
            ]
        },
    }
