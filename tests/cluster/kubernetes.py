"""A cluster, through kubectl and argo, as an operator uses them."""

import json
import os
import subprocess
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.relay.waiting import eventually
from tests.requirements import CLUSTER, require

HOST_VARIABLE = "CLUSTER_HOST_IP"
RUN_SECONDS = 120
START_SECONDS = 240
COMPLETED = r"{.metadata.labels.workflows\.argoproj\.io/completed}"
RESTRICTED = "pod-security.kubernetes.io/enforce"
CONTROLLER = "deployment/workflow-controller"
CONTROLLER_SETTINGS = "configmap/workflow-controller-configmap"
ARGO_NAMESPACE_VARIABLE = "ARGO_NAMESPACE"
ARGO_NAMESPACE = "argo"

Object = Mapping[str, Any]


class CommandError(Exception):
    """A command failed; holds its error."""


def require_cluster() -> str:
    """Skips the test where no cluster is at hand.

    Returns:
        The address of this machine that pods reach.
    """
    require(CLUSTER)
    return os.environ[HOST_VARIABLE]


def run(*command: str, stdin: str | None = None) -> str:
    """Runs a command.

    Args:
        *command: The program and its arguments.
        stdin: What it reads.

    Returns:
        What it printed.

    Raises:
        CommandError: It failed.
    """
    done = subprocess.run(
        command, input=stdin, capture_output=True, check=False, text=True
    )
    if done.returncode:
        raise CommandError(
            f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}"
        )
    return done.stdout


@dataclass(frozen=True)
class Namespace:
    """A namespace of the cluster.

    Attributes:
        name: Its name.
    """

    name: str

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Runs kubectl here, and returns what it printed."""
        return run(
            "kubectl", f"--namespace={self.name}", *arguments, stdin=stdin
        )

    def apply(self, objects: Sequence[Object]) -> None:
        """Creates or changes objects."""
        items = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.kubectl("apply", "--filename=-", stdin=json.dumps(items))

    def get(self, name: str) -> Any:  # noqa: ANN401  (any document)
        """Reads an object, for example ``workflow/x``."""
        return json.loads(self.kubectl("get", name, "--output=json"))

    def await_pods(self, selector: str) -> None:
        """Waits until there are such pods, and all of them are ready."""
        eventually(
            lambda: self.kubectl("get", "pods", "-l", selector, "-o", "name"),
            START_SECONDS,
        )
        self.kubectl(
            "wait",
            "pod",
            f"--selector={selector}",
            "--for=condition=Ready",
            f"--timeout={START_SECONDS}s",
        )

    def submit(self, template: str, parameters: Mapping[str, str]) -> str:
        """Submits a WorkflowTemplate, and returns the workflow's name."""
        given = [
            f"--parameter={name}={value}" for name, value in parameters.items()
        ]
        output = run(
            "argo",
            "submit",
            f"--namespace={self.name}",
            f"--from=workflowtemplate/{template}",
            "--output=name",
            *given,
        )
        return output.strip().rpartition("/")[2]

    def await_end(self, workflow: str, seconds: int = RUN_SECONDS) -> Any:  # noqa: ANN401
        """Waits for a workflow's end, its exit handler's included."""
        try:
            self.kubectl(
                "wait",
                f"workflow/{workflow}",
                f"--for=jsonpath={COMPLETED}=true",
                f"--timeout={seconds}s",
            )
        except CommandError as error:
            shown = run("argo", "get", f"--namespace={self.name}", workflow)
            raise CommandError(f"{error}\n{shown}") from None
        return self.get(f"workflow/{workflow}")


@contextmanager
def fresh_namespace() -> Iterator[Namespace]:
    """Makes a namespace that accepts restricted pods only.

    Yields:
        The namespace; it is removed afterwards, with all that is in it, while
        the tests go on.
    """
    name = f"moderate-test-{uuid.uuid4().hex[:8]}"
    run("kubectl", "create", "namespace", name)
    try:
        run("kubectl", "label", "namespace", name, f"{RESTRICTED}=restricted")
        yield Namespace(name)
    finally:
        run("kubectl", "delete", "namespace", name, "--wait=false")
