"""The day's tasks on a real cluster."""

import base64
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from checkout.images import IMAGES, MATRIX_PROFILE, STEPS
from checkout.paths import ROOT
from local_services.open_metadata.serving import ServedOpenMetadata
from local_services.process import free_port, is_listening
from moderate.settings import image_settings
from steps.catalog.choice import Choice
from steps.contract.wire import decode
from tests.cli.test_commands import MODERATE
from tests.cluster.installation import (
    image_reference,
    rendered,
    service_secret,
    settings_objects,
)
from tests.cluster.kubernetes import Namespace, fresh_namespace, run
from tests.cluster.operating import operating
from tests.cluster.release import Release, values_for
from tests.hostile import HOSTILE
from tests.operations.stand_in import StandIn
from tests.relay.waiting import eventually
from tests.requirements import HELM, require

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

TEMPLATES = ("postgres-ingestion", "datalake-ingestion", "dataset-from-git")
WORKFLOW = "workflows.argoproj.io/workflow"
TOKEN = "OPEN_METADATA_TOKEN"
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


@pytest.fixture(scope="module")
def web(installed: Namespace) -> str:
    """A page in the namespace; returns where it is."""
    labels = {"app": "web"}
    container = {
        "name": "web",
        "image": image_reference(STEPS),
        "command": ["python", "-m", "http.server", "8000"],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "labels": labels},
        "spec": {"containers": [container]},
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {
            "selector": labels,
            "ports": [{"port": 80, "targetPort": 8000}],
        },
    }
    installed.apply([pod, service])
    installed.await_pods("app=web")
    return f"{installed.name}/web:80"


def first_arguments(namespace: Namespace, *arguments: str) -> dict[str, str]:
    """Runs something again, and reads the arguments of its first step."""
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
    values = first_arguments(installed, "file", "genome_project")
    assert decode(values["path"]) == NAME


@pytest.mark.parametrize(
    ("what", "name"), [("database", NAME), ("prefix", f"{NAME}/")]
)
def test_a_hostile_name_is_chosen_by_the_step(
    installed: Namespace, what: str, name: str
) -> None:
    values = first_arguments(installed, what)
    choice = Choice(
        include=json.loads(values["include"]),
        ignore=json.loads(values["ignore"]),
    )
    assert choice.of([name, f"x{name}"]) == [name]


def test_a_page_is_opened_until_it_is_closed(web: str) -> None:
    port = free_port()
    with subprocess.Popen(
        [MODERATE, "open", "argo", f"--at={web}", f"--port={port}"],
        stdout=subprocess.PIPE,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "KUBECONFIG": os.environ["KUBECONFIG"],
        },
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[0]
        assert url == f"http://localhost:{port}"
        assert httpx.get(f"http://127.0.0.1:{port}").is_success
        process.send_signal(signal.SIGINT)
        process.wait()
    assert not is_listening(port)


def test_a_service_that_there_is_not_is_named(installed: Namespace) -> None:
    done = operating(
        installed,
        "open",
        "argo",
        f"--at={installed.name}/nosuch:80",
        f"--port={free_port()}",
    )
    assert 'services "nosuch" not found' in done.stderr


def test_a_token_is_rotated_and_what_held_it_is_started_anew(
    installed: Namespace, catalog_server: ServedOpenMetadata
) -> None:
    server = dict(catalog_server.environment)
    installed.apply([service_secret("open-metadata", {TOKEN: "the-old-one"})])
    started = operating(installed, "rerun", "database", "x", "--json")
    old = json.loads(started.stdout)["workflow"]
    del server[TOKEN]
    done = operating(
        installed,
        "rotate-token",
        "--generate",
        "--restart",
        settings=server,
        stdin=catalog_server.administrators_token,
    )
    assert done.returncode == 0, done.stderr
    secret = installed.get("secret/moderate-workflows-open-metadata")
    stored = base64.b64decode(secret["data"][TOKEN]).decode()
    answer = httpx.get(
        f"{server['OPEN_METADATA_HOST']}:{server['OPEN_METADATA_PORT']}"
        "/api/v1/services/databaseServices",
        headers={"Authorization": f"Bearer {stored}"},
    )
    assert answer.is_success
    assert f"{old} has been stopped" in done.stdout
    ended = installed.await_end(old)
    assert "Stop" in ended["status"]["message"]


def test_changed_code_is_rolled_out_and_other_values_stay(
    host: str,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    require(HELM)
    StandIn(tmp_path, "docker")
    images = {image: image_reference(image) for image in IMAGES.values()}
    with fresh_namespace() as namespace:
        release = Release(namespace, values_for(images, {}))
        release.install()
        run(
            "env",
            f"PATH={tmp_path}:{os.environ['PATH']}",
            f"NAMESPACE={namespace.name}",
            "IMPORT_IMAGES=true",
            str(ROOT / "scripts/local_cluster"),
            "roll-out",
        )
        assert re.fullmatch(
            r"localhost/moderate-workflows/steps:dev-\d{14}",
            release.setting("STEPS_IMAGE") or "",
        )
        assert (
            release.setting("MATRIX_PROFILE_JOB_IMAGE")
            == images[MATRIX_PROFILE]
        )
