"""The rendered pipeline, on this machine, in the images' environments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from argo_offline.run.cluster import LocalImage
from argo_offline.run.nodes import Phase
from argo_offline.run.results import WorkflowResult
from checkout.images import DATASETS, STEPS
from local_services.platform_api import UploadFault
from moderate.local_images import local_images
from moderate.running import run_here
from moderate.settings import image_settings
from moderate.workflow_index import find
from steps.contract.wire import decode
from tests.conftest import ServedDatabases
from tests.dataset_from_git.world import (
    FILES,
    GENOME,
    READINGS,
    STOCK,
    World,
)
from tests.hostile import HOSTILE
from tests.requirements import GIT_LFS, require

pytestmark = pytest.mark.services

LONGEST_NAME_BYTES = 200


@dataclass(frozen=True)
class Pipeline:
    """The pipeline with everything around it."""

    images: Mapping[str, LocalImage]
    world: World
    values: Mapping[str, str]
    folder: Path
    names: Iterator[int] = field(default_factory=count)

    def run(self, dataset: str) -> WorkflowResult:
        """Run the workflow on a dataset."""
        return run_here(
            find("dataset-from-git"),
            {"dataset": dataset},
            self.values,
            images=self.images,
            on_event=lambda _: None,
            folder=self.folder / str(next(self.names)),
        )


@pytest.fixture(scope="session")
def images() -> dict[str, LocalImage]:
    """The images' environments on this machine."""
    return local_images([STEPS, DATASETS])


@pytest.fixture
def pipeline(
    images: dict[str, LocalImage],
    world: World,
    database_server: ServedDatabases,
    tmp_path: Path,
) -> Pipeline:
    """The pipeline on an empty platform."""
    values = {
        **image_settings(),
        **world.hub.settings,
        **world.s3.environment,
        **world.platform.environment,
        **database_server.environment,
    }
    return Pipeline(images, world, values, tmp_path / "runs")


def output(result: WorkflowResult, name: str) -> str:
    """Return the last output of a name."""
    return [
        node.outputs[name] for node in result.nodes if name in node.outputs
    ][-1]


def hostile_names() -> list[str]:
    """Make few file names of all hostile texts."""
    names = [""]
    for text in HOSTILE.values():
        longer = names[-1] + text.replace("/", "_")
        if len(longer.encode()) > LONGEST_NAME_BYTES:
            names.append("")
            longer = text.replace("/", "_")
        names[-1] = longer
    return [f"{name}.csv" for name in names]


def test_a_dataset_is_uploaded(pipeline: Pipeline) -> None:
    require(GIT_LFS)
    pipeline.world.repository(GENOME, READINGS, lfs=True)
    result = pipeline.run(GENOME)
    assert result.phase is Phase.SUCCEEDED
    assert len(pipeline.world.objects) == 2 * len(FILES[GENOME])
    assert output(result, "uploaded") == "6"
    assert FILES[GENOME][0] in decode(output(result, "table"))


def test_a_second_run_ends_after_its_first_step(pipeline: Pipeline) -> None:
    pipeline.world.repository(STOCK, READINGS)
    pipeline.run(STOCK)
    result = pipeline.run(STOCK)
    assert result.phase is Phase.SUCCEEDED
    ran = {node.template for node in result.nodes if node.exit_code == 0}
    assert ran == {"resolve"}


def test_hostile_file_names_come_out_as_they_went_in(
    pipeline: Pipeline,
) -> None:
    origin = pipeline.world.repository(STOCK, READINGS)
    paths = [f"T3.1-dynamic-analysis/{name}" for name in hostile_names()]
    origin.write(dict.fromkeys(paths, READINGS))
    result = pipeline.run(STOCK)
    assert result.phase is Phase.SUCCEEDED
    stored = {
        str(stored.description).rpartition(" of https://")[0]
        for stored in pipeline.world.objects
    }
    assert stored == {*paths, *FILES[STOCK]}


def test_a_file_that_fails_fails_the_run_and_leaves_the_others(
    pipeline: Pipeline,
) -> None:
    pipeline.world.repository(STOCK, READINGS)
    faults = pipeline.world.platform.double.assets.faults
    faults.append(UploadFault.TOO_LARGE)
    result = pipeline.run(STOCK)
    assert result.phase is Phase.FAILED
    assert output(result, "failed") == "1"
    assert "takes no file of" in decode(output(result, "table"))
    assert len(pipeline.world.objects) == 2
