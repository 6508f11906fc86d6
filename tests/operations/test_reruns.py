"""`moderate rerun` runs one item, and nothing else."""

import json
from datetime import UTC, datetime

import pytest

from local_services.object_store import BUCKET
from local_services.platform_api import PlatformJob
from moderate.operations import reruns
from steps.catalog.choice import Choice
from steps.contract.errors import ExitCode
from steps.contract.wire import decode
from tests.cli.test_commands import moderate
from tests.conftest import ServedPlatform
from tests.hostile import hostile
from tests.operations.stand_in import StandIn

CREATED = {"metadata": {"name": "postgres-ingestion-x7"}}
KEY = "jane-assets/readings.csv"


@pytest.fixture
def job(platform: ServedPlatform) -> PlatformJob:
    """A job that waits."""
    uploaded = platform.double.add_object(KEY, BUCKET)
    return platform.double.add_job(
        uploaded_s3_object_id=uploaded.id, analysis_variable="{{=1+1}} ñ"
    )


def choice(rerun: reruns.Rerun) -> Choice:
    """Reads which items a run takes part of, as its first step does."""
    return Choice(
        ignore=json.loads(rerun.arguments["ignore"]),
        include=json.loads(rerun.arguments["include"]),
    )


@hostile
def test_a_database_is_chosen_by_its_whole_name(hostile: str) -> None:
    others = [f"{hostile}x", f"x{hostile}", "building_stock"]
    chosen = choice(reruns.database(hostile))
    assert chosen.of([hostile, *others]) == [hostile]


@hostile
def test_argo_finds_nothing_to_evaluate_in_a_name(hostile: str) -> None:
    manifest = json.dumps(reruns.database(hostile).manifest())
    assert "{{" not in manifest


@hostile
def test_argo_finds_nothing_to_evaluate_in_a_path(hostile: str) -> None:
    rerun = reruns.dataset_file("genome_project", hostile)
    assert "{{" not in json.dumps(rerun.manifest())


@pytest.mark.parametrize("name", ["jane-assets", "jane-assets/"])
def test_a_prefix_is_meant_with_and_without_its_slash(name: str) -> None:
    prefixes = ["jane-assets/", "jane-assets-2/", "other/"]
    assert choice(reruns.prefix(name)).of(prefixes) == ["jane-assets/"]


def test_a_database_that_is_left_out_else_is_taken() -> None:
    assert choice(reruns.database("template_x")).of(["template_x"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["database", ""], "The database's name is empty"),
        (["prefix", "a/b/"], "Name the top-level one: 'a/'"),
        (["file", "", "x.csv"], "The dataset's name is empty"),
        (["file", "genome_project", ""], "The path's name is empty"),
        (["job", "0"], "See `moderate rerun job --help`"),
        (["job", "2147483648"], "See `moderate rerun job --help`"),
    ],
    ids=["name", "below a prefix", "dataset", "path", "no job", "large job"],
)
def test_a_mistake_is_64_and_names_what_to_do(
    arguments: list[str], message: str
) -> None:
    done = moderate("rerun", *arguments)
    assert done.returncode == ExitCode.WRONG_USE
    assert message in done.stderr


def test_the_workflow_is_created_on_the_cluster(kubectl: StandIn) -> None:
    kubectl.prints("create", CREATED)
    done = moderate(
        "rerun",
        "database",
        "stock",
        "--namespace=elsewhere",
        settings=kubectl.environment,
    )
    assert done.returncode == 0, done.stderr
    assert "argo watch --namespace elsewhere postgres-ingestion-x7" in (
        done.stdout
    )
    (given,) = kubectl.given("create")
    assert given["spec"]["workflowTemplateRef"] == {
        "name": "postgres-ingestion"
    }
    (call,) = kubectl.calls
    assert "--namespace=elsewhere" in call


def test_a_script_gets_the_workflows_name(kubectl: StandIn) -> None:
    kubectl.prints("create", CREATED)
    done = moderate(
        "rerun", "database", "stock", "--json", settings=kubectl.environment
    )
    assert json.loads(done.stdout) == {
        "workflow": "postgres-ingestion-x7",
        "namespace": "moderate",
    }


def test_a_dry_run_asks_no_cluster(kubectl: StandIn) -> None:
    done = moderate(
        "rerun", "prefix", "a", "--dry-run", settings=kubectl.environment
    )
    assert "datalake-ingestion" in done.stdout
    assert kubectl.calls == []


def test_here_asks_no_cluster(kubectl: StandIn) -> None:
    done = moderate(
        "rerun", "database", "a", "--here", settings=kubectl.environment
    )
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "POSTGRES_HOST" in done.stderr
    assert kubectl.calls == []


def test_a_jobs_message_is_made_of_the_platforms_data(
    job: PlatformJob, platform: ServedPlatform
) -> None:
    done = moderate(
        "rerun",
        "job",
        str(job.id),
        "--dry-run",
        "--json",
        settings=platform.environment,
    )
    parameters = json.loads(done.stdout)["spec"]["arguments"]["parameters"]
    values = {one["name"]: one["value"] for one in parameters}
    assert json.loads(decode(values["message"])) == {
        "workflow_job_id": job.id,
        "analysis_variable": "{{=1+1}} ñ",
        "bucket": BUCKET,
        "key": KEY,
    }
    assert (values["job_id"], values["again"]) == (str(job.id), "false")


def test_a_job_with_results_is_left_alone(
    job: PlatformJob, platform: ServedPlatform
) -> None:
    job.finalised_at = datetime.now(UTC)
    job.results = {"error": "no such column"}
    done = moderate("rerun", "job", str(job.id), settings=platform.environment)
    assert done.returncode == ExitCode.BAD_DATA
    assert "it failed with 'no such column'. --again computes" in done.stderr


def test_a_job_with_results_is_run_again_when_asked(
    job: PlatformJob, platform: ServedPlatform
) -> None:
    job.finalised_at = datetime.now(UTC)
    done = moderate(
        "rerun",
        "job",
        str(job.id),
        "--again",
        "--dry-run",
        settings=platform.environment,
    )
    assert "- name: again\n      value: 'true'" in done.stdout


def test_a_job_that_there_is_not_is_65(platform: ServedPlatform) -> None:
    done = moderate("rerun", "job", "999999", settings=platform.environment)
    assert done.returncode == ExitCode.BAD_DATA
    assert "no matrix profile job 999999" in done.stderr
