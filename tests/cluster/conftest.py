"""An installation of the project on a real cluster, for all tests here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from local_services.object_store import BUCKET, OUTPUT_BUCKET, object_store
from local_services.platform_api import (
    PlatformApiDouble,
    PlatformJob,
    platform_api,
)
from local_services.postgres import postgres
from moderate.workflow_index import find
from steps.clients.object_store import BucketSettings, ObjectStore
from tests.cluster.installation import (
    Change,
    image_settings,
    rendered,
    settings_objects,
    variant,
)
from tests.cluster.kubernetes import (
    Namespace,
    fresh_namespace,
    require_cluster,
)
from tests.conftest import ServedDatabases, ServedPlatform, ServedStore

WORKFLOW = "matrix-profile"
ALLOWED_IMAGES = "registry.example/*"


@dataclass(frozen=True)
class End:
    """How a workflow ended.

    Attributes:
        workflow: Its name.
        document: The Workflow object.
        job: The platform's job.
    """

    workflow: str
    document: Mapping[str, Any]
    job: PlatformJob

    @property
    def phase(self) -> str:
        """Its phase, in Argo's words."""
        return str(self.document["status"]["phase"])

    @property
    def account(self) -> str:
        """What happened, node by node, in Argo's words."""
        status = self.document["status"]
        nodes = sorted(
            status.get("nodes", {}).values(),
            key=lambda node: node.get("startedAt") or "",
        )
        pods = [
            f"{node['displayName']}: {node['phase']} {node.get('message', '')}"
            for node in nodes
        ]
        return "\n".join([f"{self.phase} {status.get('message')}", *pods])

    @property
    def results(self) -> Mapping[str, Any]:
        """What was reported to the platform, once."""
        assert self.job.reports == 1, self.account
        assert self.job.results is not None
        return self.job.results

    @property
    def error(self) -> str:
        """The error that was reported to the platform."""
        assert self.results["output_key"] is None, self.account
        return str(self.results["error"])


@dataclass(frozen=True)
class MatrixProfile:
    """The installed pipeline, with everything around it."""

    namespace: Namespace
    s3: ServedStore
    platform: ServedPlatform

    def job(self) -> PlatformJob:
        """Creates a job, as the platform does before it sends a message."""
        return self.platform.double.add_job()

    def message(self, job: PlatformJob, key: str, **changes: object) -> str:
        """Writes the message of a job."""
        return json.dumps(
            {
                "workflow_job_id": job.id,
                "analysis_variable": "TemperatureC",
                "bucket": BUCKET,
                "key": key,
                **changes,
            }
        )

    def run(self, job: PlatformJob, body: str, name: str = WORKFLOW) -> End:
        """Submits the workflow, and waits for its end."""
        arguments = find(WORKFLOW).wire_arguments({"message": body})
        workflow = self.namespace.submit(name, arguments)
        return End(workflow, self.namespace.await_end(workflow), job)

    def run_changed(
        self, job: PlatformJob, body: str, name: str, change: Change
    ) -> End:
        """Runs a changed copy of the workflow."""
        (template,) = (
            item
            for item in rendered(WORKFLOW)
            if item["kind"] == "WorkflowTemplate"
        )
        self.namespace.apply([variant(template, name, change)])
        return self.run(job, body, name)

    def report(self, end: End) -> str:
        """Reads the report whose key the job has."""
        key = end.results["output_key"]
        return self.s3.get(key, OUTPUT_BUCKET).decode()

    def log(self, end: End) -> str:
        """Reads the log whose key the job has."""
        key = end.results["error_logs_key"]
        return self.s3.get(key, OUTPUT_BUCKET).decode()


@pytest.fixture(scope="session")
def host() -> str:
    """The address of this machine that pods reach."""
    return require_cluster()


@pytest.fixture(scope="session")
def namespace(host: str) -> Iterator[Namespace]:  # noqa: ARG001
    """A namespace of these tests' own."""
    with fresh_namespace() as made:
        yield made


@pytest.fixture(scope="session")
def s3(
    host: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedStore]:
    """One S3 server for all tests, which pods reach."""
    folder = tmp_path_factory.mktemp("s3")
    with object_store(folder, host=host) as environment:
        settings = BucketSettings.of(environment)
        yield ServedStore(
            environment, folder / "buckets", ObjectStore(settings)
        )


@pytest.fixture(scope="session")
def database_server(
    host: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedDatabases]:
    """One PostgreSQL for all tests, which pods reach."""
    with postgres(tmp_path_factory.mktemp("postgres"), host) as environment:
        yield ServedDatabases(environment)


@pytest.fixture(scope="session")
def _served_platform(host: str) -> Iterator[ServedPlatform]:
    double = PlatformApiDouble()
    with platform_api(double, host=host) as environment:
        yield ServedPlatform(environment, double)


@pytest.fixture(scope="session")
def _installed(
    namespace: Namespace, s3: ServedStore, _served_platform: ServedPlatform
) -> None:
    values = {
        **image_settings(),
        "MATRIX_PROFILE_ALLOWED_IMAGES": ALLOWED_IMAGES,
        **s3.environment,
        **_served_platform.environment,
    }
    namespace.apply([*settings_objects(values), *rendered(WORKFLOW)])


@pytest.fixture
def pipeline(
    namespace: Namespace,
    s3: ServedStore,
    platform: ServedPlatform,
    _installed: None,
) -> MatrixProfile:
    """The matrix profile pipeline on the cluster."""
    return MatrixProfile(namespace, s3, platform)
