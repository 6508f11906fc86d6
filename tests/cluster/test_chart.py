"""The chart on a real cluster: install, check, upgrade, roll back, remove."""

import json
import secrets
from collections.abc import Iterator, Mapping

import pytest

from checkout.images import IMAGES
from checkout.paths import EXAMPLE_SERIES
from local_services.object_store import BUCKET
from local_services.platform_api import PlatformJob
from local_services.postgres import postgres
from local_services.rabbitmq import rabbitmq
from tests.chart.helm import CHART, RefusedError, helm
from tests.cluster.installation import image_reference
from tests.cluster.kubernetes import fresh_namespace
from tests.cluster.release import (
    Release,
    await_true,
    values_for,
)
from tests.conftest import ServedPlatform, ServedStore
from tests.requirements import HELM, RABBITMQ, require

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

KEY = f"jane-assets/chart-{EXAMPLE_SERIES.name}"
SERVICES = ("platform-api", "rabbitmq", "s3")
CHANGED = ("matrix-profile", "MATRIX_PROFILE_ALLOWED_IMAGES", "changed:*")
NOWHERE = "http://nowhere.invalid"


@pytest.fixture(scope="module")
def settings(
    host: str,
    s3: ServedStore,
    _served_platform: ServedPlatform,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[str, str]]:
    """The settings of services that pods reach, a broker's among them."""
    require(RABBITMQ)
    with (
        rabbitmq(tmp_path_factory.mktemp("rabbitmq"), host=host) as broker,
        postgres(tmp_path_factory.mktemp("postgres"), host) as database,
    ):
        yield {
            **database,
            **s3.environment,
            **_served_platform.environment,
            **broker.settings,
            "WEBHOOK_TOKEN": secrets.token_hex(),
        }


@pytest.fixture(scope="module")
def release(host: str, settings: Mapping[str, str]) -> Iterator[Release]:  # noqa: ARG001
    """The chart, installed where only restricted pods are let in."""
    require(HELM)
    images = {image: image_reference(image) for image in IMAGES.values()}
    with fresh_namespace() as namespace:
        made = Release(namespace, values_for(images, settings))
        made.install()
        yield made


@pytest.fixture
def job(platform: ServedPlatform, s3: ServedStore) -> PlatformJob:
    """A job of the platform, with its input in the store."""
    s3.put(KEY, EXAMPLE_SERIES.read_bytes())
    return platform.double.add_job()


def message(job: PlatformJob) -> str:
    """Write the message of a job."""
    return json.dumps(
        {
            "workflow_job_id": job.id,
            "analysis_variable": "TemperatureC",
            "bucket": BUCKET,
            "key": KEY,
        }
    )


def test_argo_events_pods_run_in_a_restricted_namespace(
    release: Release,
) -> None:
    release.namespace.kubectl(
        "wait",
        "deployment",
        "--all",
        "--for=condition=Available",
        "--timeout=120s",
    )
    bus = release.namespace.get("eventbus/moderate-workflows")
    conditions = {
        item["type"]: item["status"] for item in bus["status"]["conditions"]
    }
    assert conditions["Deployed"] == "True"


def test_the_check_of_helm_passes(release: Release) -> None:
    assert "Succeeded" in release.helm("test")


def test_the_check_of_helm_leaves_no_pod(release: Release) -> None:
    release.helm("test")
    assert "pod/moderate-workflows-check-connections" not in release.objects()


def test_the_check_of_helm_names_what_to_do(release: Release) -> None:
    release.upgrade("platform-api", "API_BASE_URL", NOWHERE)
    try:
        with pytest.raises(RefusedError, match="Check API_BASE_URL"):
            release.helm("test")
    finally:
        release.helm("rollback")


def test_the_check_runs_as_a_workflow(release: Release) -> None:
    name = release.namespace.submit(
        "check-connections", {"required": json.dumps(SERVICES)}
    )
    assert release.namespace.await_end(name)["status"]["phase"] == "Succeeded"


def test_an_upgrade_during_a_run_does_not_disturb_it(
    release: Release, job: PlatformJob
) -> None:
    workflow = release.start(message(job))
    release.upgrade(*CHANGED)
    try:
        assert release.phase(workflow) == "Running"
        end = release.namespace.await_end(workflow)
        assert end["status"]["phase"] == "Succeeded"
        assert job.reports == 1
    finally:
        release.helm("rollback")


def test_a_rollback_during_a_run_does_not_disturb_it(
    release: Release, job: PlatformJob
) -> None:
    release.upgrade(*CHANGED)
    workflow = release.start(message(job))
    release.helm("rollback")
    assert release.phase(workflow) == "Running"
    end = release.namespace.await_end(workflow)
    assert end["status"]["phase"] == "Succeeded"
    assert job.reports == 1


def test_a_rollback_brings_the_settings_back(release: Release) -> None:
    _, variable, value = CHANGED
    release.upgrade(*CHANGED)
    changed = release.setting(variable)
    release.helm("rollback")
    assert (changed, release.setting(variable)) == (value, None)


def test_uninstalling_leaves_nothing(
    host: str,  # noqa: ARG001
    settings: Mapping[str, str],
) -> None:
    require(HELM)
    images = {image: image_reference(image) for image in IMAGES.values()}
    with fresh_namespace() as namespace:
        release = Release(namespace, values_for(images, settings))
        release.install()
        assert release.objects()
        release.helm("uninstall")
        await_true(
            lambda: not release.objects(), "not everything has been removed"
        )


def test_the_notes_name_what_is_missing(host: str) -> None:  # noqa: ARG001
    require(HELM)
    output = helm("install", "notes", str(CHART), "--dry-run=client")
    notes = output.partition("NOTES:")[2]
    assert "services.s3.settings.S3_ENDPOINT_URL" in notes
    assert "moderate-workflows-rabbitmq" in notes


def test_the_notes_name_nothing_that_is_there(release: Release) -> None:
    notes = release.helm("get notes")
    assert "S3_ENDPOINT_URL" not in notes
    assert "yours to make" not in notes


def test_a_second_release_in_the_namespace_is_refused(
    release: Release,
) -> None:
    with pytest.raises(RefusedError, match="cannot be imported"):
        helm(
            "install",
            "second",
            str(CHART),
            f"--namespace={release.namespace.name}",
        )
