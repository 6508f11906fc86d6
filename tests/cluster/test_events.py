"""From a message to a Workflow, through all of Argo Events."""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from local_services.rabbitmq import rabbitmq
from steps.contract.platform_id import LARGEST_ID
from steps.contract.wire import decode
from tests.cluster.installation import rendered, service_secret
from tests.cluster.kubernetes import Namespace, fresh_namespace
from tests.cluster.operating import operating
from tests.hostile import HOSTILE
from tests.matrix_profile.messages import message
from tests.relay.queue import Queue
from tests.relay.waiting import eventually
from tests.requirements import RABBITMQ, require
from workflows.authoring.names import MESSAGE_ID_LABEL

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

QUEUE = "matrix_profile"
NAMES = (
    "moderate-workflows-*",
    "moderate-workflows.development",
    "dead-letter",
    "matrix-profile",
    "matrix-profile-relay",
)
BROKEN = "matrix-profile-broken"
OWN = "0d9f3a7c-3f5e-4a54-9f2e-8a1d2b0c4e5f"
CALL = """\
import httpx, os
token = os.environ["WEBHOOK_TOKEN"]
httpx.post(
    "http://matrix-profile-eventsource-svc:12000/matrix-profile",
    content={},
    timeout=60,
    headers={{
        "Authorization": f"Bearer {{token}}",
        "Content-Type": "application/json",
    }},
).raise_for_status()
"""
START_SECONDS = 180
SELECTORS = {
    "bus": "eventbus-name=moderate-workflows",
    "source": "eventsource-name=matrix-profile",
    "sensor": "sensor-name=matrix-profile",
    "broken sensor": f"sensor-name={BROKEN}",
    "relay": "app.kubernetes.io/name=matrix-profile-relay",
}


@dataclass(frozen=True)
class Chain:
    """Everything between the queue and the Workflows.

    Attributes:
        namespace: Where it runs.
        queue: The queue that it reads.
    """

    namespace: Namespace
    queue: Queue

    def workflows(self, template: str) -> list[Mapping[str, str]]:
        """Reads the arguments of a template's Workflows."""
        return [
            {one["name"]: one["value"] for one in parameters}
            for item in self.namespace.get("workflows")["items"]
            if item["spec"]["workflowTemplateRef"]["name"] == template
            for parameters in [item["spec"]["arguments"]["parameters"]]
        ]

    def messages(self) -> list[str]:
        """Reads the messages that have become Workflows."""
        return [
            decode(arguments["message"])
            for arguments in self.workflows("matrix-profile")
        ]

    def ids_of(self, job_id: int) -> list[tuple[str, str]]:
        """Reads the ids, as label and as argument, of a job's Workflows."""
        return [
            (
                item["metadata"]["labels"].get(MESSAGE_ID_LABEL),
                arguments["message_id"],
            )
            for item in self.namespace.get("workflows")["items"]
            for arguments in [
                {
                    one["name"]: one["value"]
                    for one in item["spec"]["arguments"]["parameters"]
                }
            ]
            if arguments.get("job_id") == str(job_id)
        ]

    def call_webhook(self, envelope: Mapping[str, object]) -> None:
        """Calls the webhook with any envelope, from where the relay runs."""
        program = CALL.format(json.dumps(json.dumps(envelope)))
        self.namespace.kubectl(
            "exec",
            "deployment/matrix-profile-relay",
            "--",
            "python",
            "-c",
            program,
        )

    def of_job(self, job_id: int) -> list[str]:
        """Reads the messages that have become Workflows of a job."""
        return [
            decode(arguments["message"])
            for arguments in self.workflows("matrix-profile")
            if arguments["job_id"] == str(job_id)
        ]


@pytest.fixture(scope="module")
def chain(
    host: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    """The chain, with a broker beside the cluster."""
    require(RABBITMQ)
    folder = tmp_path_factory.mktemp("rabbitmq")
    with fresh_namespace() as namespace, rabbitmq(folder, host) as broker:
        namespace.apply(
            [
                service_secret(
                    "webhook", {"WEBHOOK_TOKEN": "a-token-of-the-tests"}
                ),
                service_secret("rabbitmq", broker.settings),
                *rendered_objects(),
            ]
        )
        for selector in SELECTORS.values():
            namespace.await_pods(selector)
        made = Chain(namespace, Queue(broker, QUEUE))
        await_event_chain(made)
        yield made


def rendered_objects() -> list[Any]:
    found = rendered(*NAMES)
    (sensor,) = (one for one in found if one["kind"] == "Sensor")
    return [*found, broken(sensor)]


def broken(sensor: Mapping[str, Any]) -> Mapping[str, Any]:
    """Copies a sensor and lets it look for what no event has."""
    copied = copy.deepcopy(dict(sensor))
    copied["metadata"]["name"] = BROKEN
    (trigger,) = copied["spec"]["triggers"]
    trigger["retryStrategy"] = {"steps": 2, "duration": "100ms"}
    for parameter in trigger["template"]["k8s"]["parameters"]:
        parameter["src"] = {
            "dependencyName": parameter["src"]["dependencyName"],
            "dataKey": "body.nosuch",
        }
    return copied


def await_event_chain(chain: Chain) -> None:
    """Wait for both sensors: each starts at new events the first time."""

    def both_have_acted() -> bool:
        chain.queue.publish(message(workflow_job_id=1))
        return bool(chain.messages() and chain.workflows("dead-letter"))

    eventually(both_have_acted, START_SECONDS)


def dead_letters(chain: Chain) -> list[dict[str, Any]]:
    """List what has not been replayed."""
    done = operating(
        chain.namespace, "dead-letter", "list", "--in=cluster", "--json"
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def dead_jobs(chain: Chain) -> set[int]:
    """List the jobs of what has not been replayed."""
    return {one["job_id"] for one in dead_letters(chain)}


def kill(namespace: Namespace, part: str) -> None:
    namespace.kubectl(
        "delete",
        "pod",
        f"--selector={SELECTORS[part]}",
        "--grace-period=0",
        "--force",
        "--wait=false",
    )


def test_hostile_values_come_out_as_they_went_in(chain: Chain) -> None:
    sent = [
        message(workflow_job_id=1_000, analysis_variable=text)
        for text in HOSTILE.values()
    ]
    chain.queue.publish(*sent)
    eventually(lambda: len(chain.of_job(1_000)) == len(sent))
    assert sorted(chain.of_job(1_000)) == sorted(sent)


def test_the_largest_job_number_comes_out_as_it_went_in(chain: Chain) -> None:
    sent = message(workflow_job_id=LARGEST_ID)
    chain.queue.publish(sent)
    eventually(lambda: chain.of_job(LARGEST_ID) == [sent])


def test_a_job_number_beyond_the_api_s_makes_no_workflow(chain: Chain) -> None:
    chain.queue.publish(message(workflow_job_id=LARGEST_ID + 1))
    (dead,) = chain.queue.await_dead_letters(1)
    assert "workflow_job_id" in dead.headers["x-reason"]
    assert chain.of_job(LARGEST_ID + 1) == []


def test_a_doubled_message_makes_two_workflows_of_one_mutex(
    chain: Chain,
) -> None:
    sent = message(workflow_job_id=2_000)
    chain.queue.publish(sent, sent)
    eventually(lambda: chain.of_job(2_000) == [sent, sent])
    template = chain.namespace.get("workflowtemplate/matrix-profile")
    (mutex,) = template["spec"]["synchronization"]["mutexes"]
    assert "{{workflow.parameters.job_id}}" in mutex["name"]


def test_the_id_of_a_message_is_its_workflow_s(chain: Chain) -> None:
    chain.queue.publish(message(workflow_job_id=2_100), message_id=OWN)
    eventually(lambda: chain.ids_of(2_100) == [(OWN, OWN)])


@pytest.mark.parametrize(
    ("job", "envelope"),
    [
        (2_200, {}),
        (2_201, {"message_id": "{{=1+1}}"}),
        (2_202, {"message_id": "a b"}),
        (2_203, {"message_id": 7.5e30}),
        (2_204, {"message_id": None}),
        (2_205, {"message_id": ["a"]}),
        (2_206, {"message_id": "a\n"}),
    ],
)
def test_what_is_no_id_makes_a_workflow_without_one(
    chain: Chain, job: int, envelope: Mapping[str, object]
) -> None:
    body = message(workflow_job_id=job)
    chain.call_webhook({"job_id": str(job), "message": body, **envelope})
    eventually(lambda: chain.ids_of(job) == [("", "")])


def test_an_invalid_message_makes_no_workflow(chain: Chain) -> None:
    chain.queue.publish(message(workflow_job_id=3_000, key=""))
    (dead,) = chain.queue.await_dead_letters(1)
    assert "key" in dead.headers["x-reason"]
    assert chain.of_job(3_000) == []


def test_an_event_without_a_workflow_is_kept_by_the_dead_letter(
    chain: Chain,
) -> None:
    sent = message(workflow_job_id=4_000)
    chain.queue.publish(sent)

    def kept() -> list[str]:
        return [
            json.loads(decode(one["event"]))["body"]["message"]
            for one in chain.workflows("dead-letter")
            if one["sensor"] == "matrix-profile"
        ]

    eventually(lambda: sent in kept())


def test_a_dead_letter_is_replayed_once(chain: Chain) -> None:
    sent = message(workflow_job_id=4_500)
    chain.queue.publish(sent)
    eventually(lambda: 4_500 in dead_jobs(chain))
    before = len(chain.of_job(4_500))
    operate = partial(operating, chain.namespace, "dead-letter", "replay")
    done = operate("4500", "--in=cluster")
    assert done.returncode == 0, done.stderr
    eventually(lambda: len(chain.of_job(4_500)) == before + 1)
    assert set(chain.of_job(4_500)) == {sent}


def test_a_replayed_dead_letter_is_not_listed_again(chain: Chain) -> None:
    chain.queue.publish(message(workflow_job_id=4_600))
    eventually(lambda: 4_600 in dead_jobs(chain))
    names = {one["name"] for one in dead_letters(chain)}
    operating(chain.namespace, "dead-letter", "replay", *names, "--in=cluster")
    assert names.isdisjoint({one["name"] for one in dead_letters(chain)})


@pytest.mark.parametrize(
    ("first_job", "part"),
    [(5_000, "sensor"), (6_000, "source"), (7_000, "relay")],
)
def test_nothing_is_lost_when_a_part_is_killed(
    chain: Chain, first_job: int, part: str
) -> None:
    jobs = range(first_job, first_job + 20)
    sent = {job: message(workflow_job_id=job) for job in jobs}
    chain.queue.publish(*list(sent.values())[:10])
    kill(chain.namespace, part)
    chain.queue.publish(*list(sent.values())[10:])
    eventually(lambda: set(sent.values()) <= set(chain.messages()))
    assert chain.queue.waiting() == 0


def test_nothing_is_lost_when_the_broker_stops_in_order(
    chain: Chain,
) -> None:
    sent = message(workflow_job_id=8_000)
    chain.queue.publish(sent, persistent=True)
    chain.queue.broker.stop()
    chain.queue.broker.start()
    eventually(lambda: sent in chain.of_job(8_000))
