"""ServiceAccounts that may do what Argo's executor needs, and no more."""

from typing import Any

from workflows.authoring.names import labels

RBAC_GROUP = "rbac.authorization.k8s.io"
RBAC_VERSION = f"{RBAC_GROUP}/v1"


def service_account(name: str) -> list[dict[str, Any]]:
    """Makes a feature's ServiceAccount with its Role.

    Args:
        name: Name of the feature.

    Returns:
        The ServiceAccount, the Role and the RoleBinding.
    """
    metadata = {"name": name, "labels": labels(name)}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {
            "apiVersion": RBAC_VERSION,
            "kind": "Role",
            "metadata": metadata,
            "rules": [
                {
                    "apiGroups": ["argoproj.io"],
                    "resources": ["workflowtaskresults"],
                    "verbs": ["create", "patch"],
                }
            ],
        },
        {
            "apiVersion": RBAC_VERSION,
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": {
                "apiGroup": RBAC_GROUP,
                "kind": "Role",
                "name": name,
            },
            "subjects": [{"kind": "ServiceAccount", "name": name}],
        },
    ]
