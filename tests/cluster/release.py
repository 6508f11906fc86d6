"""A release of the chart on a real cluster, through Helm."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from checkout.images import MATRIX_PROFILE, STEPS, Image
from local_services.waiting import wait_until
from moderate.workflow_index import find
from tests.chart.helm import CHART, RELEASE, helm
from tests.cluster.kubernetes import CommandError, Namespace, run

WORKFLOW = "matrix-profile"
INSTALL_SECONDS = 240
AWAIT_SECONDS = 120
POLL_SECONDS = 1
# Kubernetes makes them in every namespace.
KUBERNETES_OWN = frozenset(
    {"configmap/kube-root-ca.crt", "serviceaccount/default"}
)
SCHEMA = json.loads((CHART / "values.schema.json").read_text("utf-8"))

Values = dict[str, Any]


@dataclass(frozen=True)
class Release:
    """The chart in a namespace.

    Attributes:
        namespace: The namespace.
        values: What it was installed with.
    """

    namespace: Namespace
    values: Values

    def helm(self, command: str, *arguments: str, stdin: str = "") -> str:
        """Runs Helm on this release, and returns what it printed."""
        return helm(
            *command.split(),
            RELEASE,
            *arguments,
            f"--namespace={self.namespace.name}",
            stdin=stdin,
        )

    def install(self) -> None:
        """Installs it; returns once its Deployments are there."""
        self.helm(
            "install",
            str(CHART),
            "--values=-",
            "--wait",
            f"--timeout={INSTALL_SECONDS}s",
            stdin=yaml.safe_dump(self.values),
        )

    def upgrade(self, service: str, variable: str, value: str) -> None:
        """Upgrades it with a changed setting."""
        self.helm(
            "upgrade",
            str(CHART),
            "--reuse-values",
            "--set-string",
            f"services.{service}.settings.{variable}={value}",
        )

    def setting(self, variable: str) -> str | None:
        """Reads a setting as steps would."""
        config = self.namespace.get("configmap/moderate-workflows")
        value: str | None = config["data"].get(variable)
        return value

    def start(self, message: str) -> str:
        """Starts a matrix profile; returns once one of its pods is there."""
        arguments = find(WORKFLOW).wire_arguments({"message": message})
        name = self.namespace.submit(WORKFLOW, arguments)
        await_true(
            lambda: bool(self._pods(name)), f"the workflow {name} has no pod"
        )
        return name

    def phase(self, workflow: str) -> str:
        """Reads the phase of a workflow."""
        status = self.namespace.get(f"workflow/{workflow}")["status"]
        return str(status["phase"])

    def objects(self) -> set[str]:
        """Lists everything in the namespace that Kubernetes did not make."""
        kinds = run(
            "kubectl",
            "api-resources",
            "--verbs=list",
            "--namespaced",
            "--output=name",
        ).split()
        wanted = [kind for kind in kinds if not kind.startswith("events")]
        listed = self.namespace.kubectl(
            "get", ",".join(wanted), "--output=name", "--ignore-not-found"
        )
        return set(listed.split()) - KUBERNETES_OWN

    def _pods(self, workflow: str) -> str:
        label = f"workflows.argoproj.io/workflow={workflow}"
        return self.namespace.kubectl(
            "get", "pods", f"--selector={label}", "--output=name"
        )


def values_for(
    image: Mapping[Image, str], settings: Mapping[str, str]
) -> Values:
    """Makes the values of a small installation.

    Args:
        image: What the images are called on the nodes.
        settings: The services' settings by variable name.

    Returns:
        The values, with the credentials in them.
    """
    known = SCHEMA["properties"]["services"]["properties"]
    return {
        "images": {
            "steps": image[STEPS],
            "matrixProfile": image[MATRIX_PROFILE],
        },
        "services": {
            name: _service(schema["properties"], settings)
            for name, schema in known.items()
        },
        "eventBus": "development",
    }


def _service(schema: Mapping[str, Any], settings: Mapping[str, str]) -> Values:
    values: Values = {
        part: {
            variable: _value(kind, settings[variable])
            for variable, kind in schema[part]["properties"].items()
            if variable in settings
        }
        for part in ("settings", "secret")
        if part in schema
    }
    if "secret" in values:
        values["existingSecret"] = False
        values["enabled"] = bool(values["secret"])
    return values


def _value(schema: Mapping[str, Any], text: str) -> str | int:
    return int(text) if schema["type"] == "integer" else text


def await_true(condition: Callable[[], bool], otherwise: str) -> None:
    """Waits until something holds.

    Args:
        condition: Returns whether it does.
        otherwise: The error when it never does.

    Raises:
        CommandError: It did not come to hold in time.
    """
    if not wait_until(condition, AWAIT_SECONDS, POLL_SECONDS):
        raise CommandError(f"{otherwise} after {AWAIT_SECONDS} s")
