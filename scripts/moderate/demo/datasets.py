"""The demo of datasets: a Git repository becomes an asset.

None of the repository's files is in Git LFS, as in the real dataset, so that
it runs where Git LFS is not installed.
"""

from collections.abc import Iterable

from argo_offline.run.nodes import Phase
from argo_offline.run.results import WorkflowResult
from checkout.paths import EXAMPLE_DATA
from local_services.git_hub import Hub
from local_services.platform_api import PlatformObject, UploadBucket
from moderate.demo.environment import DemoEnvironment
from steps.contract.errors import ModerateError
from steps.contract.wire import decode
from steps.dataset_from_git.datasets import DATASETS
from steps.dataset_from_git.settings import GITHUB

WORKFLOW = "dataset-from-git"
DATASET = "building_stock"
FILES = {
    "T3.1-dynamic-analysis/PV/{name}": (
        "v1.0_Data_T3.1_Dynamicanalysis_PVanalysis.csv"
    ),
    "T3.2-static-analysis/{name}": "meta_open.csv",
}
TABLE = "table"


def run(demo: DemoEnvironment) -> None:
    """Uploads a repository's files, and finds nothing to do the next time.

    Args:
        demo: The running services.

    Raises:
        ModerateError: A file was not uploaded.
    """
    hub = _hub(demo)
    demo.platform.assets.upload_bucket = UploadBucket(demo.values)
    first = demo.run(WORKFLOW, {"dataset": DATASET}, hub.settings)
    console = demo.console
    console.print(_output(first, TABLE), markup=False, soft_wrap=True)
    _show(demo, _objects(demo))
    again = demo.run(WORKFLOW, {"dataset": DATASET}, hub.settings)
    seconds = (again.finished - again.started).total_seconds()
    console.print(
        f"The same again: {_output(again, 'there')} of "
        f"{_output(again, 'files')} files are there, {seconds:.1f} seconds"
    )
    if {first.phase, again.phase} != {Phase.SUCCEEDED}:
        raise ModerateError(
            "The dataset was not uploaded. The run's folder holds every log."
        )


def _hub(demo: DemoEnvironment) -> Hub:
    """Makes the dataset's repository with a real file for each glob."""
    entry = DATASETS[DATASET]
    hub = Hub(demo.folder / "hub")
    origin = hub.origin(entry.url.removeprefix(GITHUB), entry.branch)
    commit = origin.write(
        {
            path.format(name=name): (EXAMPLE_DATA / name).read_bytes()
            for path, name in FILES.items()
        }
    )
    demo.console.print(
        f"Committed {', '.join(FILES.values())} to {origin.url} at {commit}",
        soft_wrap=True,
    )
    return hub


def _objects(demo: DemoEnvironment) -> list[PlatformObject]:
    return [
        stored for stored in demo.platform.objects.values() if stored.asset_id
    ]


def _show(demo: DemoEnvironment, objects: Iterable[PlatformObject]) -> None:
    for stored in objects:
        demo.console.print(
            f"  s3://{stored.bucket}/{stored.key}", soft_wrap=True
        )


def _output(result: WorkflowResult, name: str) -> str:
    """Returns the last output of a name, empty where there is none."""
    values = [
        node.outputs[name] for node in result.nodes if name in node.outputs
    ]
    if not values:
        return ""
    return decode(values[-1]) if name == TABLE else values[-1]
