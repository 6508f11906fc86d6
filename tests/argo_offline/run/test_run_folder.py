"""What a run leaves, and what it reports."""

import asyncio
import json
from pathlib import Path
from typing import Any

from argo_offline.run import NodeEvent, Phase, WorkflowResult
from argo_offline.run.locks import LockRequest, Locks
from tests.argo_offline.run.workflows import (
    MOUNT,
    local_cluster,
    python,
    run,
    workflow,
)

CODE = "import sys; print('seen'); open('/tmp/out', 'w').write(sys.argv[1])"
OUTPUT = {
    "parameters": [{"name": "out", "valueFrom": {"path": f"{MOUNT}/out"}}]
}
SECRET = "b7f3-secret-value"


def document(**container: Any) -> dict[str, Any]:
    task = {
        "name": "each",
        "template": "one",
        "withItems": ["Zürich / ../x"],
        "arguments": {"parameters": [{"name": "v", "value": "{{item}}"}]},
    }
    one = {
        "name": "one",
        "inputs": {"parameters": [{"name": "v"}]},
        "container": python(
            CODE, args=["{{inputs.parameters.v}}"], **container
        ),
        "outputs": OUTPUT,
    }
    return workflow({"dag": {"tasks": [task]}}, one)


def finished(folder: Path, **options: Any) -> WorkflowResult:
    return asyncio.run(run(document(), folder, **options))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_node_has_a_folder_with_a_safe_name(tmp_path: Path) -> None:
    finished(tmp_path)

    (folder,) = (tmp_path / "run" / "nodes").iterdir()
    assert folder.name == "01-each-0-Z-rich-..-x"


def test_node_folder_holds_inputs_and_outputs(tmp_path: Path) -> None:
    folder = finished(tmp_path).nodes[-1].folder

    assert folder is not None
    assert read(folder / "inputs.json") == {"v": "Zürich / ../x"}
    assert read(folder / "outputs.json") == {"out": "Zürich / ../x"}


def test_node_folder_holds_the_log(tmp_path: Path) -> None:
    folder = finished(tmp_path).nodes[-1].folder

    assert folder is not None
    assert (folder / "log.txt").read_text() == "seen\n"


def test_node_folder_holds_how_the_node_ended(tmp_path: Path) -> None:
    folder = finished(tmp_path).nodes[-1].folder

    assert folder is not None
    node = read(folder / "node.json")
    assert (node["phase"], node["exitCode"]) == ("Succeeded", 0)
    assert node["started"] <= node["finished"]


def test_summary_names_every_node(tmp_path: Path) -> None:
    result = finished(tmp_path)

    summary = read(tmp_path / "run" / "summary.json")
    assert summary["phase"] == "Succeeded"
    assert [n["name"] for n in summary["nodes"]] == [
        node.name for node in result.nodes
    ]


def test_secret_is_in_no_file_of_the_run(tmp_path: Path) -> None:
    reference = {"secretKeyRef": {"name": "s", "key": "k"}}
    env = [
        {"name": "PASSWORD", "valueFrom": reference},
        {"name": "URL", "value": "http://x:$(PASSWORD)@y"},
    ]
    cluster = local_cluster(tmp_path, secrets={"s": {"k": SECRET}})

    asyncio.run(run(document(env=env), tmp_path, cluster=cluster))

    written = [p for p in (tmp_path / "run").rglob("*") if p.is_file()]
    assert written
    assert not [p for p in written if SECRET.encode() in p.read_bytes()]


def test_events_report_every_phase_of_a_node(tmp_path: Path) -> None:
    events: list[NodeEvent] = []

    finished(tmp_path, on_event=events.append)

    phases = [e.node.phase for e in events if e.node.template == "one"]
    assert list(dict.fromkeys(phases)) == [
        Phase.RUNNING,
        Phase.PENDING,
        Phase.SUCCEEDED,
    ]


def test_log_is_archived_before_the_exit_handler_runs(
    tmp_path: Path,
) -> None:
    seen: list[str] = []

    def archive(workflow_name: str, pod: str, log: Path) -> None:
        assert pod.startswith(workflow_name)
        seen.append(log.read_text())

    bye = {"name": "bye", "container": python("print('bye')")}
    archived = workflow(
        {"container": python("print('seen')")},
        bye,
        onExit="bye",
        archiveLogs=True,
    )
    cluster = local_cluster(tmp_path, archive_log=archive)

    asyncio.run(run(archived, tmp_path, cluster=cluster))

    assert seen == ["seen\n", "bye\n"]


def test_workflow_that_cannot_go_on_ends_with_a_reason(
    tmp_path: Path,
) -> None:
    tasks = [
        {"name": "a", "template": "bad"},
        {
            "name": "b",
            "depends": "a.Failed",
            "template": "use",
            "arguments": {
                "parameters": [
                    {
                        "name": "v",
                        "value": "got {{tasks.a.outputs.parameters.out}}",
                    }
                ]
            },
        },
    ]
    bad = {
        "name": "bad",
        "container": python("import sys; sys.exit(1)"),
        "outputs": OUTPUT,
    }
    use = {
        "name": "use",
        "inputs": {"parameters": [{"name": "v"}]},
        "container": python(""),
    }

    result = asyncio.run(
        run(workflow({"dag": {"tasks": tasks}}, bad, use), tmp_path)
    )

    assert result.phase is Phase.ERROR
    assert "failed to resolve {{tasks.a.outputs.parameters.out}}" in (
        result.message
    )


def test_lock_holds_across_processes_by_a_file(tmp_path: Path) -> None:
    first, second = Locks(tmp_path), Locks(tmp_path)
    request = [LockRequest("ns/Mutex/x", 1)]

    assert first.acquire("a", request) == ""
    assert second.acquire("a", request).startswith("Waiting for ns/Mutex/x")
    first.release_all()
    assert second.acquire("a", request) == ""
    second.release_all()


def test_workflow_with_a_name_keeps_it(tmp_path: Path) -> None:
    named = {**document(), "kind": "Workflow", "metadata": {"name": "mine"}}

    assert asyncio.run(run(named, tmp_path)).name == "mine"


def test_workflow_template_gives_each_run_a_name(tmp_path: Path) -> None:
    assert finished(tmp_path).name.startswith("small-")
