"""What operators see of a run: its logs, and the controller's numbers."""

import os
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from checkout.paths import EXAMPLE_SERIES
from moderate.workflow_index import find
from monitoring.names import LAST_DURATION, LAST_SUCCESS
from tests.cluster.conftest import WORKFLOW, End, MatrixProfile
from tests.cluster.kubernetes import (
    ARGO_NAMESPACE,
    ARGO_NAMESPACE_VARIABLE,
    run,
)

pytestmark = pytest.mark.cluster

KEY = f"jane-assets/{EXAMPLE_SERIES.name}"
OWN = "0d9f3a7c-3f5e-4a54-9f2e-8a1d2b0c4e5f"
STEPS = ("prepare", "compute", "report")
METRICS = "/api/v1/namespaces/{}/pods/https:{}:9090/proxy/metrics"
CLOSE_SECONDS = 10
ARGO_LINE = " argo=true"


def run_with_id(pipeline: MatrixProfile) -> End:
    """Run a message that has an id."""
    pipeline.s3.put(KEY, EXAMPLE_SERIES.read_bytes())
    job = pipeline.job()
    arguments = find(WORKFLOW).wire_arguments(
        {"message": pipeline.message(job, KEY), "message_id": OWN}
    )
    workflow = pipeline.namespace.submit(WORKFLOW, arguments)
    return End(workflow, pipeline.namespace.await_end(workflow), job)


def logs(pipeline: MatrixProfile, end: End) -> dict[str, list[str]]:
    """Read the lines of each step's own log, by the pod's name."""
    selector = f"workflows.argoproj.io/workflow={end.workflow}"
    names = pipeline.namespace.kubectl(
        "get", "pods", f"--selector={selector}", "--output=name"
    )
    return {
        name: [
            line
            for line in pipeline.namespace.kubectl(
                "logs", name, "--container=main"
            ).splitlines()
            if ARGO_LINE not in line
        ]
        for name in names.split()
    }


def last(metric: str) -> float:
    """Read a number of the workflow that the controller keeps."""
    namespace = os.environ.get(ARGO_NAMESPACE_VARIABLE, ARGO_NAMESPACE)
    controller = run(
        "kubectl",
        f"--namespace={namespace}",
        "get",
        "pods",
        "--selector=app=workflow-controller",
        "--output=jsonpath={.items[0].metadata.name}",
    )
    text = run(
        "kubectl", "get", "--raw", METRICS.format(namespace, controller)
    )
    (value,) = (
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == metric and sample.labels["workflow"] == WORKFLOW
    )
    return value


def test_every_line_of_every_step_names_the_run_and_the_message(
    pipeline: MatrixProfile,
) -> None:
    end = run_with_id(pipeline)
    assert end.phase == "Succeeded", end.account
    found = logs(pipeline, end)
    assert all(any(step in name for name in found) for step in STEPS)
    for name, lines in found.items():
        assert lines, name
        for line in lines:
            assert f"[run={end.workflow} message_id={OWN}] " in line


def test_the_controller_exports_when_the_last_run_succeeded(
    pipeline: MatrixProfile,
) -> None:
    end = run_with_id(pipeline)
    status = end.document["status"]
    ended = datetime.fromisoformat(status["finishedAt"]).astimezone(UTC)
    assert abs(last(LAST_SUCCESS) - ended.timestamp()) < CLOSE_SECONDS
    began = datetime.fromisoformat(status["startedAt"]).astimezone(UTC)
    taken = (ended - began).total_seconds()
    assert abs(last(LAST_DURATION) - taken) < CLOSE_SECONDS
