"""What the infrastructure ends is repeated; what it missed is made up for."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checkout.paths import EXAMPLE_SERIES
from moderate.workflow_index import find
from steps.contract.errors import ExitCode
from tests.cluster.conftest import WORKFLOW, End, MatrixProfile
from tests.cluster.installation import rendered, template_of, variant
from tests.cluster.kubernetes import (
    ARGO_NAMESPACE,
    CONTROLLER,
    Namespace,
)
from tests.relay.waiting import eventually

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

KEY = f"jane-assets/infrastructure-{EXAMPLE_SERIES.name}"
TRIES = 3
WAIT_SECONDS = 120
EVICTED = "The node was low on resource: memory. "
PREEMPTED = "Preempted in order to admit critical pod"
DEADLINE = "Pod was active on the node longer than the specified deadline"
# The kubelet goes on with a pod whose status was changed: its end is one that
# is not repeated.
FIRST_WAITS = (
    "import sys, time; print('started', flush=True); "
    f"{{{{retries}}}} or (time.sleep(30), sys.exit({ExitCode.BAD_DATA:d}))"
)
SCHEDULED_TIME = "workflows.argoproj.io/scheduled-time"
USED_SCHEDULE = "cronworkflows.argoproj.io/last-used-schedule"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def python(program: str) -> Callable[[dict[str, Any]], None]:
    """Change the job into a program of Python's."""

    def change(spec: dict[str, Any]) -> None:
        compute = template_of(spec, "compute")
        del compute["podSpecPatch"]
        compute["container"]["command"] = ["python", "-c", program]
        compute["retryStrategy"]["backoff"] = {"duration": "1"}

    return change


def submit(
    pipeline: MatrixProfile, name: str, change: Callable[[Any], None]
) -> End:
    """Start a changed workflow, and do not wait for it."""
    pipeline.s3.put(KEY, EXAMPLE_SERIES.read_bytes())
    job = pipeline.job()
    (template,) = (
        item
        for item in rendered(WORKFLOW)
        if item["kind"] == "WorkflowTemplate"
    )
    pipeline.namespace.apply([variant(template, name, change)])
    arguments = find(WORKFLOW).wire_arguments(
        {"message": pipeline.message(job, KEY)}
    )
    return End(pipeline.namespace.submit(name, arguments), {}, job)


def tries(document: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """List the tries of the job, in their order."""
    return sorted(
        (
            node
            for node in document["status"].get("nodes", {}).values()
            if node["templateName"] == "compute" and node["type"] == "Pod"
        ),
        key=lambda node: str(node["displayName"]),
    )


def await_running(namespace: Namespace, workflow: str) -> str:
    """Wait for the job's first pod to run, and return its name."""
    selector = f"--selector=workflows.argoproj.io/workflow={workflow}"
    found: list[str] = []

    def runs() -> bool:
        listed = namespace.kubectl("get", "pods", selector, "-o", "json")
        for pod in json.loads(listed)["items"]:
            name = pod["metadata"]["name"]
            if "compute" in name and pod["status"]["phase"] == "Running":
                found.append(name)
        return bool(found)

    eventually(runs, WAIT_SECONDS)
    return found[0]


def end_pod(namespace: Namespace, end: End, message: str) -> None:
    """Make the job's first pod one that the infrastructure has ended.

    The kubelet writes its own status again, so it is changed until
    Argo has decided what comes next.
    """
    pod = await_running(namespace, end.workflow)
    status = {
        "phase": "Failed",
        "reason": "Evicted",
        "message": message,
        "containerStatuses": [],
        "initContainerStatuses": [],
    }
    patch = f"--patch={json.dumps({'status': status})}"

    def decided() -> bool:
        namespace.kubectl("patch", "pod", pod, "--subresource=status", patch)
        nodes = namespace.get(f"workflow/{end.workflow}")["status"]["nodes"]
        return any(
            node["displayName"] == "compute(1)"
            or (node["displayName"], node["phase"]) == ("compute", "Failed")
            for node in nodes.values()
        )

    eventually(decided, WAIT_SECONDS)


@pytest.mark.parametrize(
    "message", [EVICTED, PREEMPTED], ids=["evicted", "preempted"]
)
def test_a_pod_that_the_node_ended_is_repeated(
    pipeline: MatrixProfile, message: str
) -> None:
    name = "evicted" if message == EVICTED else "preempted"
    end = submit(pipeline, name, python(FIRST_WAITS))
    end_pod(pipeline.namespace, end, message)
    *_, last = tries(pipeline.namespace.await_end(end.workflow))
    assert last["displayName"] != "compute(0)"
    assert last["phase"] == "Succeeded"


def test_a_pod_that_ran_into_its_own_deadline_is_not_repeated(
    pipeline: MatrixProfile,
) -> None:
    end = submit(pipeline, "own-deadline", python(FIRST_WAITS))
    end_pod(pipeline.namespace, end, DEADLINE)
    assert len(tries(pipeline.namespace.await_end(end.workflow))) == 1


@pytest.mark.parametrize("signal", [9, 15])
def test_a_job_that_is_killed_is_repeated(
    pipeline: MatrixProfile, signal: int
) -> None:
    program = f"import os; os.kill(os.getpid(), {signal})"
    end = submit(pipeline, f"signal-{signal}", python(program))
    document = pipeline.namespace.await_end(end.workflow)
    assert [node["outputs"]["exitCode"] for node in tries(document)] == [
        str(128 + signal)
    ] * TRIES


@pytest.mark.parametrize(
    "code",
    [ExitCode.BAD_DATA, ExitCode.BUG],
    ids=lambda code: code.name,
)
def test_a_job_that_would_end_the_same_way_again_is_not_repeated(
    pipeline: MatrixProfile, code: ExitCode
) -> None:
    program = f"raise SystemExit({code:d})"
    end = submit(pipeline, f"exit-{code:d}", python(program))
    document = pipeline.namespace.await_end(end.workflow)
    assert [node["outputs"]["exitCode"] for node in tries(document)] == [
        str(int(code))
    ]


@pytest.fixture
def stopped_controller() -> Iterator[Namespace]:
    """Argo's controller, stopped; it runs again afterwards."""
    argo = Namespace(ARGO_NAMESPACE)
    argo.kubectl("scale", CONTROLLER, "--replicas=0")
    argo.kubectl(
        "wait", "pod", "--selector=app=workflow-controller", "--for=delete"
    )
    yield argo
    start_controller(argo)


def start_controller(argo: Namespace) -> None:
    """Let Argo's controller run again."""
    argo.kubectl("scale", CONTROLLER, "--replicas=1")
    argo.kubectl("rollout", "status", CONTROLLER, "--timeout=120s")


def test_a_run_that_was_due_without_a_controller_is_made_up_for(
    pipeline: MatrixProfile, stopped_controller: Namespace
) -> None:
    (cron,) = (
        one
        for one in rendered("matrix-profile-catch-up")
        if one["kind"] == "CronWorkflow"
    )
    due = datetime.now(UTC).replace(second=0, microsecond=0) + MINUTE
    cron["metadata"]["name"] = "missed"
    schedule = f"{due.minute} {due.hour} * * *"
    cron["spec"]["schedules"] = [schedule]
    cron["spec"]["workflowSpec"]["workflowTemplateRef"]["name"] = WORKFLOW
    cron["spec"]["workflowSpec"]["arguments"] = {
        "parameters": [{"name": "message", "value": ""}]
    }
    # It has run before, so that Argo starts what it has missed.
    cron["metadata"]["annotations"][USED_SCHEDULE] = (
        f"CRON_TZ={cron['spec']['timezone']} {schedule}"
    )
    cron["status"] = {
        "active": None,
        "conditions": None,
        "failed": 0,
        "succeeded": 0,
        "phase": "Active",
        "lastScheduledTime": (due - DAY).isoformat().replace("+00:00", "Z"),
    }
    namespace = pipeline.namespace
    namespace.apply([cron])
    eventually(lambda: datetime.now(UTC) > due, WAIT_SECONDS)
    start_controller(stopped_controller)
    wanted = due.strftime("%Y-%m-%dT%H:%M:%SZ")

    def made_up_for() -> bool:
        selector = "--selector=workflows.argoproj.io/cron-workflow=missed"
        listed = namespace.kubectl("get", "workflows", selector, "-o", "json")
        return wanted in {
            one["metadata"]["annotations"][SCHEDULED_TIME]
            for one in json.loads(listed)["items"]
        }

    try:
        eventually(made_up_for, WAIT_SECONDS)
    finally:
        namespace.kubectl("delete", "cronworkflow", "missed")
