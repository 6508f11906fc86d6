"""The pipeline of datasets in its image, on a real cluster."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from checkout.paths import EXAMPLE_DATA
from local_services.git_hub import make_origin
from local_services.platform_api import PlatformApiDouble, UploadBucket
from steps.dataset_from_git.datasets import DATASETS
from steps.dataset_from_git.settings import GITHUB
from tests.cluster.installation import (
    image_settings,
    rendered,
    settings_objects,
    template_of,
)
from tests.cluster.kubernetes import Namespace, fresh_namespace
from tests.conftest import ServedDatabases, ServedPlatform, ServedStore
from tests.dataset_from_git.https_hub import HttpsHub, https_hub
from tests.dataset_from_git.world import FILES, GENOME

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]

WORKFLOW = "dataset-from-git"
REAL_FILE = "meta_open.csv"
OBJECTS = 2 * len(FILES[GENOME])
TRUSTED = "trusted"
CERTIFICATE = "certificate.pem"
FOLDER = "/trusted"
SLOWEST_SECONDS = 300


@dataclass(frozen=True)
class Datasets:
    """The installed pipeline.

    Attributes:
        namespace: Where it is installed.
        platform: The state of the platform.
    """

    namespace: Namespace
    platform: PlatformApiDouble

    def run(self) -> Mapping[str, Any]:
        """Run it to its end, and return the Workflow."""
        name = self.namespace.submit(WORKFLOW, {"dataset": GENOME})
        ended: Mapping[str, Any] = self.namespace.await_end(
            name, SLOWEST_SECONDS
        )
        return ended

    def objects(self) -> list[int]:
        """Return the numbers of the objects that it has uploaded."""
        return sorted(
            number
            for number, stored in self.platform.objects.items()
            if stored.asset_id
        )


@pytest.fixture(scope="module")
def hub(
    host: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HttpsHub]:
    """What stands for GitHub, with the dataset's repository."""
    with https_hub(tmp_path_factory.mktemp("hub"), host) as served:
        entry = DATASETS[GENOME]
        folder = served.folder / entry.url.removeprefix(GITHUB)
        origin = make_origin(folder, entry.branch, lfs=True)
        content = (EXAMPLE_DATA / REAL_FILE).read_bytes()
        origin.write(dict.fromkeys(FILES[GENOME], content))
        yield served


@pytest.fixture
def datasets(
    hub: HttpsHub,
    s3: ServedStore,
    database_server: ServedDatabases,
    platform: ServedPlatform,
) -> Iterator[Datasets]:
    """The pipeline on the cluster, which trusts the hub."""
    platform.double.assets.clear()
    platform.double.assets.upload_bucket = UploadBucket(s3.environment)
    values = {
        **image_settings(),
        **s3.environment,
        **database_server.environment,
        **platform.environment,
        "DATASETS_GIT_MIRROR": hub.url,
    }
    objects = [
        one for one in rendered(WORKFLOW) if one["kind"] != "CronWorkflow"
    ]
    for one in objects:
        if one["kind"] == "WorkflowTemplate":
            trust(one["spec"])
    with fresh_namespace() as namespace:
        certificate = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": TRUSTED},
            "data": {CERTIFICATE: hub.certificate.read_text()},
        }
        namespace.apply([*settings_objects(values), certificate, *objects])
        yield Datasets(namespace, platform.double)


def trust(spec: dict[str, Any]) -> None:
    """Let the steps that use Git trust the hub's certificate."""
    for name in ("resolve", "convert"):
        template = template_of(spec, name)
        template["volumes"].append(
            {"name": TRUSTED, "configMap": {"name": TRUSTED}}
        )
        container = template["container"]
        container["volumeMounts"].append(
            {"name": TRUSTED, "mountPath": FOLDER}
        )
        container["env"].append(
            {"name": "GIT_SSL_CAINFO", "value": f"{FOLDER}/{CERTIFICATE}"}
        )


def test_a_repository_over_https_is_uploaded_once(datasets: Datasets) -> None:
    first = datasets.run()
    uploaded = datasets.objects()
    second = datasets.run()
    phases = [one["status"]["phase"] for one in (first, second)]
    assert phases == ["Succeeded", "Succeeded"], first["status"]
    assert len(uploaded) == OBJECTS
    assert datasets.objects() == uploaded
