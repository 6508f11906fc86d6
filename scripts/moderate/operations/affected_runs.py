"""Running workflows that hold a credential, and new ones in their place."""

from dataclasses import dataclass
from typing import Any

from moderate.operations.kubernetes import Cluster
from moderate.operations.reruns import workflow_of
from moderate.workflow_index import workflows

PART_OF = "app.kubernetes.io/part-of=moderate-workflows"
RUNNING = "workflows.argoproj.io/completed!=true"
STOP = {"spec": {"shutdown": "Stop"}}


@dataclass(frozen=True)
class AffectedRun:
    """A running workflow that holds a credential.

    Attributes:
        name: Its name.
        template: Its WorkflowTemplate.
        arguments: Its arguments, by parameter.
    """

    name: str
    template: str
    arguments: dict[str, str]


def affected_by(cluster: Cluster, variable: str) -> list[AffectedRun]:
    """Lists the running workflows whose pods hold a variable.

    Args:
        cluster: The installation's namespace.
        variable: The variable.

    Returns:
        The workflows.

    Raises:
        ModerateError: The cluster refuses or is gone.
    """
    templates = {
        workflow.name
        for workflow in workflows()
        if variable in workflow.variables
    }
    found = cluster.read(
        "workflows.argoproj.io", f"--selector={PART_OF},{RUNNING}"
    )
    running = map(_holder, found["items"])
    return [one for one in running if one.template in templates]


def restart(cluster: Cluster, holder: AffectedRun) -> str:
    """Stops a workflow, and starts it anew with the same arguments.

    Args:
        cluster: The installation's namespace.
        holder: The workflow.

    Returns:
        The name of the new one; it waits until the old one has ended where
        the two have a mutex in common.

    Raises:
        ModerateError: The cluster refuses or is gone.
    """
    cluster.patch(f"workflow.argoproj.io/{holder.name}", STOP)
    return cluster.create(workflow_of(holder.template, holder.arguments))


def _holder(document: dict[str, Any]) -> AffectedRun:
    spec = document["spec"]
    given = spec.get("arguments", {}).get("parameters", [])
    return AffectedRun(
        name=document["metadata"]["name"],
        template=spec.get("workflowTemplateRef", {}).get("name", ""),
        arguments={
            one["name"]: one["value"] for one in given if "value" in one
        },
    )
