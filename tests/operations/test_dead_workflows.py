"""Dead events on a cluster: what is shown of them, and what is asked."""

import json
from typing import Any

import pytest

from moderate.operations.dead_letters import DeadLetter
from steps.contract.errors import ExitCode
from steps.contract.wire import encode
from tests.cli.test_commands import moderate
from tests.hostile import hostile
from tests.matrix_profile.messages import message
from tests.operations.stand_in import StandIn

NAME = "dead-letter-x7k2p"


def workflow(event: str, *, replayed: bool = False) -> dict[str, Any]:
    labels = {"moderate.eu/replayed": "true"} if replayed else {}
    return {
        "metadata": {"name": NAME, "labels": labels},
        "spec": {
            "arguments": {
                "parameters": [
                    {"name": "sensor", "value": "matrix-profile"},
                    {"name": "event", "value": event},
                ]
            }
        },
    }


def event(body: object) -> str:
    return encode(json.dumps({"header": {}, "body": body}))


def listed(kubectl: StandIn, *workflows: dict[str, Any]) -> list[DeadLetter]:
    kubectl.prints("get workflows.argoproj.io", {"items": workflows})
    done = moderate(
        "dead-letter",
        "list",
        "--in=cluster",
        "--json",
        settings=kubectl.environment,
    )
    assert done.returncode == 0, done.stderr
    return [DeadLetter.model_validate(one) for one in json.loads(done.stdout)]


def test_an_event_is_shown_with_its_job(kubectl: StandIn) -> None:
    body = {"job_id": "42", "message": message(workflow_job_id=42)}
    (shown,) = listed(kubectl, workflow(event(body)))
    assert (shown.name, shown.job_id) == (NAME, 42)
    assert "the sensor 'matrix-profile'" in shown.why


def test_replayed_ones_are_not_asked_for(kubectl: StandIn) -> None:
    listed(kubectl)
    assert "!moderate.eu/replayed" in kubectl.calls[0]


@hostile
def test_any_event_is_one_line(kubectl: StandIn, hostile: str) -> None:
    (shown,) = listed(kubectl, workflow(event({"message": hostile})))
    assert shown.start.isprintable()


@pytest.mark.parametrize(
    "kept", ["", "%%%", encode("no JSON"), encode("[1]"), encode("null")]
)
def test_what_is_no_event_is_shown_all_the_same(
    kubectl: StandIn, kept: str
) -> None:
    (shown,) = listed(kubectl, workflow(kept))
    assert "is no event" in shown.why


def test_what_is_no_event_is_kept(kubectl: StandIn) -> None:
    kept = workflow(encode("no JSON"))
    kubectl.prints("get workflows.argoproj.io", {"items": [kept]})
    kubectl.prints("get workflow.argoproj.io", kept)
    done = moderate(
        "dead-letter",
        "replay",
        NAME,
        "--in=cluster",
        settings=kubectl.environment,
    )
    assert done.returncode == ExitCode.FAILED
    assert f"{NAME}: kept: What {NAME} keeps is no event" in done.stdout


def test_an_event_that_somebody_else_has_replayed_is_kept(
    kubectl: StandIn,
) -> None:
    kubectl.prints(
        "get workflows.argoproj.io", {"items": [workflow(event({}))]}
    )
    kubectl.prints(
        "get workflow.argoproj.io", workflow(event({}), replayed=True)
    )
    done = moderate(
        "dead-letter",
        "replay",
        "--all",
        "--in=cluster",
        settings=kubectl.environment,
    )
    assert "has been replayed already" in done.stdout
    assert not any("patch" in call for call in kubectl.calls)


def test_a_dry_run_only_lists(kubectl: StandIn) -> None:
    kubectl.prints(
        "get workflows.argoproj.io", {"items": [workflow(event({}))]}
    )
    done = moderate(
        "dead-letter",
        "replay",
        "--all",
        "--in=cluster",
        "--dry-run",
        settings=kubectl.environment,
    )
    assert done.stdout == f"cluster: {NAME}: would be replayed\n"
    assert len(kubectl.calls) == 1
