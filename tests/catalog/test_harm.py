"""What crashes, hangs or goes away harms nothing else, and is repeated."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checkout.images import OPENMETADATA, environment_of
from local_services.open_metadata.serving import ServedOpenMetadata
from steps.catalog.report import Outcome, Report
from steps.contract.errors import ExitCode
from steps.contract.wire import decode
from tests.catalog.holding import killer_of_waiting, locked
from tests.catalog.ingestion import SLOWEST_RUN_SECONDS, Ingestion, Ran
from tests.catalog.sources import AFTERWARDS, KILLED, LOCKED
from tests.step_process import StepRun, run_step

pytestmark = pytest.mark.timeout(SLOWEST_RUN_SECONDS)

ITEM_SECONDS = 30
DISCOVER = "postgres-ingestion-discover"
INGEST = "postgres-ingestion-ingest"
PROGRAM = ("-m", "steps")


@pytest.fixture(scope="module")
def harmed(ingestion: Ingestion, databases: dict[str, str]) -> Ran:
    """A run in which one process is killed and one never comes back."""
    ingestion.double.reset()
    with (
        locked(databases, KILLED),
        locked(databases, LOCKED),
        killer_of_waiting(databases, KILLED) as killed,
    ):
        ran = ingestion.run(
            "postgres-ingestion",
            include=[KILLED, LOCKED, AFTERWARDS],
            item_seconds=ITEM_SECONDS,
        )
    assert len(killed) == 1
    return ran


def test_a_crash_is_reported_with_its_signal(harmed: Ran) -> None:
    assert harmed.lines[KILLED].outcome is Outcome.FAILED
    assert "SIGKILL" in harmed.lines[KILLED].error


def test_a_database_that_is_locked_is_given_up_in_time(harmed: Ran) -> None:
    assert harmed.lines[LOCKED].outcome is Outcome.FAILED
    assert f"{ITEM_SECONDS} s" in harmed.lines[LOCKED].error


def test_the_next_database_is_ingested_after_a_crash_and_a_hang(
    harmed: Ran,
) -> None:
    assert harmed.lines[AFTERWARDS].outcome is Outcome.DONE


def test_one_process_has_taken_all_of_them(harmed: Ran) -> None:
    assert harmed.pods("ingest") == 1


Step = Callable[..., StepRun]


@pytest.fixture
def run(
    ingestion: Ingestion, catalog_server: ServedOpenMetadata, tmp_path: Path
) -> Step:
    """Runs a step in the image's environment, against an empty server."""
    assert catalog_server
    python = environment_of(OPENMETADATA) / "bin/python"
    assert ingestion.images

    def run(
        name: str, *, folder: str = "outputs", **inputs: object
    ) -> StepRun:
        arguments = [
            f"--{key}={value if isinstance(value, str) else json.dumps(value)}"
            for key, value in inputs.items()
        ]
        return run_step(
            [name, *arguments],
            tmp_path / folder,
            ingestion.environment,
            program=PROGRAM,
            python=python,
        )

    return run


def batch(run: Step) -> str:
    """Returns the one batch of one small database."""
    done = run(
        DISCOVER,
        folder="discovered",
        ignore=[],
        include=[AFTERWARDS],
        items_at_a_time=1,
        batch_size=25,
        dry_run=False,
    )
    assert done.exit_code == ExitCode.DONE, done.stderr
    (found,) = json.loads(done.outputs["batches"])
    return str(found["content"])


def ingest(run: Step, content: str, *, folder: str = "outputs") -> StepRun:
    """Ingests a batch."""
    return run(
        INGEST,
        folder=folder,
        number=0,
        slot=0,
        content=content,
        ignore=[],
        include=[AFTERWARDS],
        work="both",
        profile="changed",
        profile_sample=0,
        overwrite_descriptions=False,
        item_seconds=600,
        verbose=False,
        dry_run=False,
    )


def test_a_server_that_goes_away_half_way_is_tried_again_later(
    run: Step, catalog_server: ServedOpenMetadata
) -> None:
    content = batch(run)
    catalog_server.double.go_away(starting_at="PUT .*/tables/bulk")
    first = ingest(run, content)
    assert first.exit_code == ExitCode.TEMPORARY_FAILURE
    assert first.outputs == {}
    assert catalog_server.double.tables() == {}
    catalog_server.double.fail(None)
    second = ingest(run, content, folder="again")
    assert second.exit_code == ExitCode.DONE
    (table,) = catalog_server.double.tables().values()
    assert "profile" in table


def test_a_server_that_stores_nothing_is_noticed_before_the_profiler(
    run: Step, catalog_server: ServedOpenMetadata
) -> None:
    content = batch(run)
    catalog_server.double.lose_writes()
    done = ingest(run, content)
    report = Report.model_validate_json(decode(done.outputs["report"]))
    (line,) = report.lines
    assert line.outcome is Outcome.FAILED
    assert "missing on the server" in line.error
    asked = {asked["path"] for asked in catalog_server.double.requests()}
    assert not any("profiler" in path for path in asked)


def test_a_wrong_token_is_reported_by_its_variable_and_not_tried_again(
    ingestion: Ingestion, catalog_server: ServedOpenMetadata
) -> None:
    assert catalog_server
    ran = ingestion.run(
        "postgres-ingestion", {"OPEN_METADATA_TOKEN": "wrong-token"}
    )
    assert ran.pods("discover") == 1
    assert "Check OPEN_METADATA_TOKEN" in ran.log()
    assert "wrong-token" not in ran.log()
    assert ran.pods("ingest") == 0


def test_a_server_of_another_version_is_refused(
    ingestion: Ingestion, catalog_server: ServedOpenMetadata
) -> None:
    catalog_server.double.be_version("1.9.4")
    ran = ingestion.run("postgres-ingestion")
    assert ran.pods("discover") == 1
    assert "version 1.9.4" in ran.log()
    assert ran.pods("ingest") == 0
