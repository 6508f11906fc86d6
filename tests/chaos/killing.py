"""Ending one process in a pod with SIGKILL, as a crash does.

Kubernetes and the pod have no notice of it. The node's processes must be
visible here, and this process must be allowed to end them. Only what is ready
is killed: Kubernetes waits longer from restart to restart, up to five minutes,
and a process that ends before it works proves nothing by that.
"""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.cluster.kubernetes import (
    ARGO_NAMESPACE,
    ARGO_NAMESPACE_VARIABLE,
    Namespace,
)
from tests.relay.waiting import eventually

PROCESSES = Path("/proc")
RESTART_SECONDS = 900
READY = "True"
IS_READY = '{.status.conditions[?(@.type=="Ready")].status}'


@dataclass(frozen=True)
class Part:
    """A part of the pipeline that runs in pods.

    Attributes:
        selector: The labels of its pods.
        program: The name of its process, as the system shortens it.
        is_argo_own: Whether it runs in the namespace of Argo.
    """

    selector: str
    program: str
    is_argo_own: bool = False


PARTS = {
    "relay": Part("app.kubernetes.io/name=matrix-profile-relay", "python"),
    "EventSource": Part("eventsource-name=matrix-profile", "argo-events"),
    "Sensor": Part("sensor-name=matrix-profile", "argo-events"),
    "EventBus": Part("eventbus-name=moderate-workflows", "nats-server"),
    "Workflow controller": Part(
        "app=workflow-controller", "workflow-contro", is_argo_own=True
    ),
}


def kill(part: Part, namespace: Namespace, chance: Random) -> None:
    """Kills one process of a part, as soon as one is ready.

    Args:
        part: The part.
        namespace: Where the pipeline runs.
        chance: Chooses the process where there are several.
    """
    found: list[int] = []

    def is_ready() -> bool:
        found[:] = sorted(_processes(part, namespace))
        return bool(found)

    eventually(is_ready, RESTART_SECONDS)
    os.kill(chance.choice(found), signal.SIGKILL)


def _processes(part: Part, namespace: Namespace) -> Iterator[int]:
    if part.is_argo_own:
        name = os.environ.get(ARGO_NAMESPACE_VARIABLE, ARGO_NAMESPACE)
        namespace = Namespace(name)
    lines = namespace.kubectl(
        "get",
        "pods",
        f"--selector={part.selector}",
        f"--output=jsonpath={{range .items[*]}}{IS_READY}"
        " {.metadata.uid}{'\\n'}{end}",
    ).splitlines()
    pods = [line.split()[1] for line in lines if line.startswith(READY)]
    for folder in PROCESSES.glob("[0-9]*"):
        if _is_of(folder, part.program, pods):
            yield int(folder.name)


def _is_of(folder: Path, program: str, pods: list[str]) -> bool:
    try:
        if not (folder / "comm").read_text().startswith(program):
            return False
        groups = (folder / "cgroup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return any(
        pod in groups or pod.replace("-", "_") in groups for pod in pods
    )
