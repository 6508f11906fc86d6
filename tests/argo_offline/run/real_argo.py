"""Running a case of the table on a real Argo, with kubectl and argo."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import yaml

from local_services.waiting import wait_until
from tests.argo_offline.run.table import (
    NAMESPACE,
    REFUSED,
    Case,
    Observation,
    ObservedNode,
    plain,
    with_image,
)

_POLL_SECONDS = 1.0
_RUN_SECONDS = 300.0
_ROLE = [
    {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "executor"},
        "rules": [
            {
                "apiGroups": ["argoproj.io"],
                "resources": ["workflowtaskresults"],
                "verbs": ["create", "patch"],
            }
        ],
    },
    {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "executor"},
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "Role",
            "name": "executor",
        },
        "subjects": [{"kind": "ServiceAccount", "name": "default"}],
    },
]


def prepare_namespace() -> None:
    """Creates the namespace and lets its pods report to Argo."""
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACE},
    }
    _apply([namespace], namespaced=False)
    _apply(_ROLE)


def run_on_argo(case: Case, image: str) -> list[Observation]:
    """Runs a case.

    Args:
        case: The case.
        image: The image that stands for ``steps``; it is not pulled.

    Returns:
        What was observed, run by run.
    """
    manifests = with_image(case.manifests, image)
    for manifest in manifests:
        if manifest["kind"] == "ConfigMap":
            data = manifest["data"]
            manifest["data"] = {
                key: image if value == "steps" else value
                for key, value in data.items()
            }
    _apply(manifests[::-1])
    template = manifests[0]["metadata"]["name"]
    if case.at_once:
        names = [_submit(template, run) for run in case.runs]
        return [_observe(name) for name in names]
    return [_observe(_submit(template, run)) for run in case.runs]


def _submit(template: str, run: dict[str, Any]) -> str | Observation:
    parameters = run.get("arguments", {})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "parameters.yaml"
        file.write_text(yaml.safe_dump(parameters), encoding="utf-8")
        command = [
            "argo",
            "submit",
            "--namespace",
            NAMESPACE,
            "--from",
            f"workflowtemplate/{template}",
            "--output",
            "name",
        ]
        if parameters:
            command += ["--parameter-file", str(file)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False
        )
    if done.returncode:
        return Observation(REFUSED, message=_refusal(done.stderr))
    return done.stdout.strip().splitlines()[-1].split("/")[-1]


def _refusal(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""


def _observe(submitted: str | Observation) -> Observation:
    if isinstance(submitted, Observation):
        return submitted
    workflow: dict[str, Any] = {}

    def has_ended() -> bool:
        found = _kubectl("get", "workflow", submitted, "--output", "json")
        workflow.update(json.loads(found))
        labels = workflow["metadata"].get("labels", {})
        return bool(labels.get("workflows.argoproj.io/completed") == "true")

    if not wait_until(has_ended, _RUN_SECONDS, _POLL_SECONDS):
        raise TimeoutError(f"the workflow {submitted} does not end")
    return _observation(workflow)


def _observation(workflow: dict[str, Any]) -> Observation:
    name, status = workflow["metadata"]["name"], workflow["status"]
    nodes = status.get("nodes", {})
    if not nodes:
        return Observation(REFUSED, message=status.get("message", ""))
    return Observation(
        phase=status["phase"],
        message=plain(status.get("message", ""), name),
        outputs=_parameters(status.get("outputs", {}), name),
        nodes={
            node["name"].replace(name, "wf", 1): _node(node, nodes, name)
            for node in nodes.values()
        },
    )


def _node(
    node: dict[str, Any], nodes: dict[str, Any], name: str
) -> ObservedNode:
    outputs = node.get("outputs", {})
    code = outputs.get("exitCode")
    children = [nodes[child] for child in node.get("children", [])]
    tries = sum(1 for c in children if c.get("nodeFlag", {}).get("retried"))
    return ObservedNode(
        type=node["type"],
        phase=node["phase"],
        message=plain(node.get("message", ""), name),
        inputs=_parameters(node.get("inputs", {}), name),
        outputs=_parameters(outputs, name),
        result=outputs.get("result"),
        exit_code=None if code is None else int(code),
        tries=tries if node["type"] == "Retry" else 1,
    )


def _parameters(place: dict[str, Any], name: str) -> dict[str, str]:
    return {
        parameter["name"]: plain(str(parameter["value"]), name)
        for parameter in place.get("parameters", [])
        if "value" in parameter
    }


def _apply(
    manifests: list[dict[str, Any]], *, namespaced: bool = True
) -> None:
    text = yaml.safe_dump_all(manifests, allow_unicode=True)
    place = ["--namespace", NAMESPACE] if namespaced else []
    _run(["kubectl", *place, "apply", "--filename", "-"], text)


def _kubectl(*words: str) -> str:
    return _run(["kubectl", "--namespace", NAMESPACE, *words])


def _run(command: list[str], text: str = "") -> str:
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
