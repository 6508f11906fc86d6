"""The whole pipeline ``trust-objects``, from its rendered YAML."""

from pathlib import Path

import pytest

from argo_offline.run.nodes import Phase
from local_services.object_store import BUCKET
from local_services.platform_api.trust import Kind
from steps.trust.inputs import OBJECTS
from tests.conftest import ServedDatabases, ServedPlatform
from tests.hostile import HOSTILE
from tests.trust.pipeline import TrustPipeline, number, summary_of
from tests.trust.world import World
from workflows.authoring.names import LIMITS_DATA, TRUST_REQUESTS

pytestmark = pytest.mark.services

FULL = "RuntimeError: {{=1+1}} the ledger is full"
AT_A_TIME = 2


@pytest.fixture
def pipeline(
    platform: ServedPlatform,
    database_server: ServedDatabases,
    tmp_path: Path,
) -> TrustPipeline:
    """The pipeline."""
    settings = {**platform.environment, **database_server.environment}
    return TrustPipeline(OBJECTS, settings, tmp_path)


def test_hostile_owners_and_keys_come_out_as_they_went_in(
    world: World, pipeline: TrustPipeline
) -> None:
    for text in HOSTILE.values():
        world.platform.add_object(text, BUCKET, text)
    world.platform.trust.seconds = 0.1
    result = pipeline.run(at_a_time=str(AT_A_TIME))
    assert result.phase is Phase.SUCCEEDED
    assert number(summary_of(result), "made") == len(HOSTILE)
    assert world.platform.trust.dids.keys() == set(HOSTILE.values())
    assert world.platform.trust.most_at_once <= AT_A_TIME


def test_the_limit_of_requests_holds_above_that_of_the_run(
    world: World, pipeline: TrustPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS_DATA, TRUST_REQUESTS, "1")
    for number_of_file in range(3):
        world.platform.add_object(f"{number_of_file}.csv", BUCKET)
    world.platform.trust.seconds = 0.5
    result = pipeline.run(at_a_time=str(AT_A_TIME))
    assert result.phase is Phase.SUCCEEDED
    assert world.platform.trust.most_at_once == 1


def test_a_run_reports_at_its_end_which_items_failed_and_why(
    world: World, pipeline: TrustPipeline
) -> None:
    good = world.platform.add_object("a.csv", BUCKET)
    bad = world.platform.add_object("b.csv", BUCKET)
    world.platform.trust.errors[Kind.PROOF, bad.id] = FULL
    result = pipeline.run()
    outputs = summary_of(result)
    assert result.phase is Phase.FAILED
    assert number(outputs, "failed") == 1
    assert FULL in outputs["table"]
    assert good.proof_id


def test_a_run_that_finds_nothing_ends_well(
    world: World, pipeline: TrustPipeline
) -> None:
    assert world.platform.objects == {}
    assert pipeline.run().phase is Phase.SUCCEEDED
