"""The day's tasks on a real cluster."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from moderate.settings import image_settings
from steps.catalog.choice import Choice
from steps.contract.wire import decode
from tests.cluster.installation import rendered, settings_objects
from tests.cluster.kubernetes import Namespace, fresh_namespace
from tests.cluster.operating import operating
from tests.hostile import HOSTILE
from tests.relay.waiting import eventually

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

TEMPLATES = ("postgres-ingestion", "datalake-ingestion", "dataset-from-git")
WORKFLOW = "workflows.argoproj.io/workflow"
STORE = {
    "S3_ENDPOINT_URL": "http://nowhere.invalid",
    "S3_REGION": "here",
    "S3_JOB_OUTPUTS_BUCKET_NAME": "outputs",
}
# Everything that a name may hold, but a slash, which no prefix's name has.
NAME = " ".join(HOSTILE.values()).replace("/", "")


@pytest.fixture(scope="module")
def installed(host: str) -> Iterator[Namespace]:  # noqa: ARG001
    """The WorkflowTemplates, with images that no node has."""
    with fresh_namespace() as namespace:
        settings = settings_objects({**image_settings(), **STORE})
        templates = [
            one
            for one in rendered(*TEMPLATES)
            if one["kind"] != "CronWorkflow"
        ]
        namespace.apply([*settings, *templates])
        yield namespace


def first_arguments(namespace: Namespace, *arguments: str) -> dict[str, str]:
    """Runs something again, and reads what its first step is told."""
    done = operating(namespace, "rerun", *arguments, "--json", "--", NAME)
    assert done.returncode == 0, done.stderr
    workflow = json.loads(done.stdout)["workflow"]
    pods: list[Any] = []

    def has_a_pod() -> bool:
        selector = f"--selector={WORKFLOW}={workflow}"
        listed = namespace.kubectl("get", "pods", selector, "--output=json")
        pods[:] = json.loads(listed)["items"]
        return bool(pods)

    eventually(has_a_pod)
    containers = {one["name"]: one for one in pods[0]["spec"]["containers"]}
    pairs = (one.split("=", 1) for one in containers["main"]["args"])
    return {name.removeprefix("--"): value for name, value in pairs}


def test_a_hostile_path_reaches_the_step_as_it_is(
    installed: Namespace,
) -> None:
    told = first_arguments(installed, "file", "genome_project")
    assert decode(told["path"]) == NAME


@pytest.mark.parametrize(
    ("what", "name"), [("database", NAME), ("prefix", f"{NAME}/")]
)
def test_a_hostile_name_is_chosen_by_the_step(
    installed: Namespace, what: str, name: str
) -> None:
    told = first_arguments(installed, what)
    choice = Choice(
        include=json.loads(told["include"]), ignore=json.loads(told["ignore"])
    )
    assert choice.of([name, f"x{name}"]) == [name]
