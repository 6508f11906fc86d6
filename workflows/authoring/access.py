"""ServiceAccounts that may do what Argo's executor needs, and no more."""

from collections.abc import Iterable
from typing import Any

from steps.contract.step import Step
from workflows.authoring.names import labels
from workflows.authoring.services import services_annotation

RBAC_GROUP = "rbac.authorization.k8s.io"
RBAC_VERSION = f"{RBAC_GROUP}/v1"


def service_account(
    name: str, steps: Iterable[Step[Any, Any]] = ()
) -> list[dict[str, Any]]:
    """Makes a feature's ServiceAccount with its Role.

    Args:
        name: Name of the feature.
        steps: The steps that its pods run; their services are what it needs.

    Returns:
        The ServiceAccount, the Role and the RoleBinding.
    """
    metadata: dict[str, Any] = {"name": name, "labels": labels(name)}
    annotations = services_annotation(steps)
    if annotations:
        metadata["annotations"] = annotations
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
