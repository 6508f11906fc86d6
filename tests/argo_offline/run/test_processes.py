"""Processes: what they get, and that none is left behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from argo_offline.run import (
    ConfigMap,
    LocalImage,
    NodeEvent,
    Phase,
    StopRequest,
    WorkflowResult,
)
from argo_offline.run.container import expand_references, termination_message
from tests.argo_offline.run.workflows import (
    MOUNT,
    local_cluster,
    python,
    run,
    workflow,
)
from tests.relay.waiting import eventually

SLEEP = "import time; time.sleep(300)"
ESCAPE = """\
import os, subprocess, sys, time
code = 'import signal, time; signal.signal(15, signal.SIG_IGN);'
code += 'time.sleep(300)'
child = subprocess.Popen([sys.executable, '-c', code, os.environ['MARK']],
                         start_new_session=True)
time.sleep(0 if os.environ.get('END') else 300)
"""
OUTPUT = {
    "parameters": [{"name": "out", "valueFrom": {"path": f"{MOUNT}/out"}}]
}
RUNNER = """\
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from argo_offline.run import StopRequest, stop_on_signals
from tests.argo_offline.run.workflows import MOUNT, python, run, workflow

async def main():
    stop = StopRequest()
    bye = {{"name": "bye", "container": python(
        "print('bye')", env=[{{"name": "MARK", "value": {mark!r}}}])}}
    document = workflow({{"container": python(
        {code!r}, env=[{{"name": "MARK", "value": {mark!r}}}])}},
        bye, onExit="bye")
    with stop_on_signals(stop):
        result = await run(document, Path({folder!r}), stop=stop)
    print(result.phase, [n.phase.value for n in result.nodes])

asyncio.run(main())
"""


def processes(mark: str) -> list[int]:
    """Lists the processes that carry a mark in their environment."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"MARK={mark}".encode() in environment.read_bytes():
                found.append(int(environment.parent.name))
        except OSError:
            continue
    return found


def marked(code: str, mark: str, **container: Any) -> dict[str, Any]:
    env = [{"name": "MARK", "value": mark}]
    return python(code, env=[*env, *container.pop("env", [])], **container)


def start_runner(folder: Path, code: str) -> "subprocess.Popen[str]":
    root = str(Path(__file__).parents[3])
    text = RUNNER.format(
        root=root, mark=str(folder), code=code, folder=str(folder)
    )
    return subprocess.Popen(
        [sys.executable, "-c", text], stdout=subprocess.PIPE, text=True
    )


def run_now(
    document: dict[str, Any],
    folder: Path,
    **options: Any,
) -> WorkflowResult:
    return asyncio.run(run(document, folder, **options))


def environment_of(folder: Path, **options: Any) -> dict[str, str]:
    code = (
        "import json, os; open('/tmp/out', 'w').write("
        "json.dumps(dict(os.environ)))"
    )
    container = python(code, **options.pop("container", {}))
    document = workflow({"container": container, "outputs": OUTPUT})
    result = run_now(document, folder, **options)
    read: dict[str, str] = json.loads(result.nodes[0].outputs["out"])
    return read


def test_process_gets_nothing_of_the_callers_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLER_ONLY", "x")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")

    seen = set(environment_of(tmp_path))

    assert seen - {"LC_CTYPE"} == {
        "PATH", "HOSTNAME", "HOME", "TMPDIR", "ARGO_CONTAINER_NAME",
        "ARGO_NODE_ID", "ARGO_PROGRESS_FILE",
    }  # fmt: skip


def test_process_gets_the_environment_of_its_image(tmp_path: Path) -> None:
    image = LocalImage(
        path=(Path(sys.executable).parent,), environment={"FROM_IMAGE": "x"}
    )
    cluster = local_cluster(tmp_path, images={"steps": image})

    assert environment_of(tmp_path, cluster=cluster)["FROM_IMAGE"] == "x"


def test_container_without_command_runs_the_entry_point(
    tmp_path: Path,
) -> None:
    image = LocalImage(
        path=(Path(sys.executable).parent,),
        entrypoint=("python", "-c", "import sys; sys.exit(int(sys.argv[1]))"),
    )
    cluster = local_cluster(tmp_path, images={"steps": image})
    document = workflow({"container": {"image": "steps", "args": ["7"]}})

    result = run_now(document, tmp_path, cluster=cluster)

    assert result.nodes[0].exit_code == 7


def test_unknown_image_ends_the_node_in_an_error(tmp_path: Path) -> None:
    document = workflow({"container": {"image": "nosuch", "command": ["x"]}})

    result = run_now(document, tmp_path)

    assert result.nodes[0].phase is Phase.ERROR
    assert 'ImagePullBackOff: Back-off pulling image "nosuch"' in (
        result.nodes[0].message
    )


def test_missing_secret_ends_the_node_in_an_error(tmp_path: Path) -> None:
    reference = {"secretKeyRef": {"name": "nothing", "key": "x"}}
    env = [{"name": "X", "valueFrom": reference}]

    result = run_now(workflow({"container": python("", env=env)}), tmp_path)

    assert result.message == (
        'CreateContainerConfigError: secret "nothing" not found'
    )


def test_fields_of_the_pod_are_known(tmp_path: Path) -> None:
    reference = {"fieldRef": {"fieldPath": "metadata.name"}}
    env = [{"name": "POD", "valueFrom": reference}]

    seen = environment_of(tmp_path, container={"env": env})

    assert seen["POD"] == seen["HOSTNAME"]


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$(A) and $(A)", "x and x"),
        ("$$(A)", "$(A)"),
        ("$$$(A)", "$x"),
        ("$$$$", "$$"),
        ("$(B) $(", "$(B) $("),
        ("$A $", "$A $"),
        ("$($(A))", "$($(A))"),
        ("$()", "$()"),
    ],
)
def test_references_expand_as_the_kubelet_does(
    text: str, expanded: str
) -> None:
    assert expand_references(text, {"A": "x"}) == expanded


def test_message_is_the_end_of_the_log() -> None:
    lines = [f"{number:040d}\n" for number in range(100)]

    message = termination_message("".join(lines).encode())

    assert message == "".join(lines)[-2048:]


def test_path_of_a_volume_is_rewritten_but_values_are_not(
    tmp_path: Path,
) -> None:
    code = "import sys; open('/tmp/out', 'w').write(sys.argv[1])"
    parameters = [{"name": "value", "value": f"{MOUNT}/x"}]
    container = python(code, args=["{{workflow.parameters.value}}"])
    document = workflow(
        {"container": container, "outputs": OUTPUT},
        arguments={"parameters": parameters},
    )

    result = run_now(document, tmp_path)

    assert result.nodes[0].outputs["out"] == parameters[0]["value"]


def test_only_whole_path_parts_of_a_volume_are_rewritten(
    tmp_path: Path,
) -> None:
    paths = [
        f"/var{MOUNT}",
        f"{MOUNT}file",
        f"http://host{MOUNT}",
        f"{MOUNT}.d",
    ]
    code = "import sys; open('/tmp/out', 'w').write(' '.join(sys.argv[1:]))"
    container = python(code, args=paths)

    result = run_now(
        workflow({"container": container, "outputs": OUTPUT}), tmp_path
    )

    assert result.nodes[0].outputs["out"] == " ".join(paths)


def test_each_node_has_volumes_of_its_own(tmp_path: Path) -> None:
    code = (
        "import os; found = os.listdir('/tmp'); "
        "open('/tmp/out', 'w').write(str(found))"
    )
    tasks = [
        {"name": "a", "template": "look"},
        {"name": "b", "template": "look", "depends": "a"},
    ]
    look = {"name": "look", "container": python(code), "outputs": OUTPUT}

    result = run_now(workflow({"dag": {"tasks": tasks}}, look), tmp_path)

    assert [n.outputs["out"] for n in result.nodes[1:]] == ["[]", "[]"]


def test_nothing_is_left_of_a_process_that_ends(tmp_path: Path) -> None:
    mark = str(tmp_path)
    env = [{"name": "END", "value": "1"}]

    run_now(workflow({"container": marked(ESCAPE, mark, env=env)}), tmp_path)

    assert processes(mark) == []


def test_nothing_is_left_of_a_process_at_its_deadline(tmp_path: Path) -> None:
    mark = str(tmp_path)
    main = {"container": marked(ESCAPE, mark), "activeDeadlineSeconds": 1}

    result = run_now(workflow(main), tmp_path)

    assert (result.nodes[0].exit_code, processes(mark)) == (143, [])


def test_process_that_ignores_sigterm_is_killed_after_its_grace(
    tmp_path: Path,
) -> None:
    code = f"import signal; signal.signal(15, signal.SIG_IGN); {SLEEP}"
    main = {"container": python(code), "activeDeadlineSeconds": 1}

    result = run_now(workflow(main), tmp_path)

    assert result.nodes[0].exit_code == 137


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_when_the_runner_is_ended(
    number: int, tmp_path: Path
) -> None:
    mark = str(tmp_path)
    with start_runner(tmp_path, ESCAPE) as runner:
        eventually(lambda: len(processes(mark)) > 2)
        runner.send_signal(number)

    eventually(lambda: processes(mark) == [])


def test_nothing_is_left_when_the_run_is_cancelled(tmp_path: Path) -> None:
    mark = str(tmp_path)

    async def cancelled() -> None:
        document = workflow({"container": marked(ESCAPE, mark)})
        task = asyncio.create_task(run(document, tmp_path))
        while len(processes(mark)) <= 2:
            await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert processes(mark) == []


def test_exit_handler_runs_after_an_interrupt(tmp_path: Path) -> None:
    mark = str(tmp_path)
    with start_runner(tmp_path, SLEEP) as runner:
        eventually(lambda: len(processes(mark)) > 1)
        runner.send_signal(signal.SIGINT)
        output, _ = runner.communicate()

    assert output.strip() == "Failed ['Failed', 'Succeeded']"


def test_second_request_to_stop_ends_at_once(tmp_path: Path) -> None:
    async def stopped_twice() -> WorkflowResult:
        stop = StopRequest()

        def on_event(event: NodeEvent) -> None:
            if event.node.phase is Phase.RUNNING:
                stop.ask()

        sleep = {"name": "bye", "container": python(SLEEP)}
        document = workflow({"container": python(SLEEP)}, sleep, onExit="bye")
        return await run(document, tmp_path, on_event=on_event, stop=stop)

    result = asyncio.run(stopped_twice())

    assert (result.phase, result.message) == (
        Phase.FAILED,
        "Stopped with strategy 'Terminate'",
    )


def test_progress_is_reported_as_it_is_written(tmp_path: Path) -> None:
    code = (
        "import os, time\nfor line in ('1/4', 'x', '4/4'):\n"
        "    open(os.environ['ARGO_PROGRESS_FILE'], 'a').write(line + '\\n')\n"
        "    time.sleep(0.5)"
    )
    seen: list[str] = []

    run_now(
        workflow({"container": python(code)}),
        tmp_path,
        on_event=lambda event: seen.append(event.node.progress),
    )

    assert list(dict.fromkeys(seen)) == ["", "1/4", "4/4"]


def test_fan_out_of_500_processes_ends(tmp_path: Path) -> None:
    task = {
        "name": "each",
        "template": "one",
        "withItems": list(range(500)),
        "arguments": {"parameters": [{"name": "n", "value": "{{item}}"}]},
    }
    one = {
        "name": "one",
        "inputs": {"parameters": [{"name": "n"}]},
        "container": {"image": "steps", "command": ["true"]},
    }

    result = run_now(workflow({"dag": {"tasks": [task]}}, one), tmp_path)

    assert (result.phase, len(result.nodes)) == (Phase.SUCCEEDED, 502)


def test_config_map_and_secret_reach_the_process(tmp_path: Path) -> None:
    cluster = local_cluster(
        tmp_path,
        config_maps={"map": ConfigMap({"A": "a"})},
        secrets={"secret": {"B": "b"}},
    )
    sources = [
        {"configMapRef": {"name": "map"}},
        {"secretRef": {"name": "secret"}, "prefix": "S_"},
    ]

    seen = environment_of(
        tmp_path, cluster=cluster, container={"envFrom": sources}
    )

    assert (seen["A"], seen["S_B"]) == ("a", "b")


def test_each_process_has_a_session_of_its_own(
    tmp_path: Path,
) -> None:
    code = "import os; open('/tmp/out', 'w').write(str(os.getsid(0)))"
    document = workflow({"container": python(code), "outputs": OUTPUT})

    result = run_now(document, tmp_path)

    assert int(result.nodes[0].outputs["out"]) != os.getsid(0)


def test_nothing_is_left_when_a_listener_fails(tmp_path: Path) -> None:
    mark = str(tmp_path)
    task = {"name": "each", "template": "one", "withItems": list(range(20))}
    one = {"name": "one", "container": marked(ESCAPE, mark)}

    def fail(event: NodeEvent) -> None:
        if event.node.phase is Phase.RUNNING and event.node.folder:
            eventually(lambda: len(processes(mark)) > 2)
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run_now(
            workflow({"dag": {"tasks": [task]}}, one), tmp_path, on_event=fail
        )
    assert processes(mark) == []


def test_deadline_holds_while_the_output_is_captured(tmp_path: Path) -> None:
    tasks = [
        {"name": "a", "template": "slow"},
        {
            "name": "b",
            "depends": "a.Succeeded",
            "template": "slow",
            "when": "'{{tasks.a.outputs.result}}' == 'x'",
        },
    ]
    slow = {
        "name": "slow",
        "container": python(SLEEP),
        "activeDeadlineSeconds": 1,
    }

    result = run_now(workflow({"dag": {"tasks": tasks}}, slow), tmp_path)

    assert result.nodes[1].exit_code == 143
