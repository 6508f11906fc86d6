"""Measures the step that brings one large file to the platform.

The step is a process of its own with its image's packages, as in a pod. The
file comes out of a Git repository with Git LFS on this machine; a PostgreSQL,
an S3 server and the Platform API's double take what comes of it::

    python -m bench.dataset_step
"""

import argparse
import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.datasets import LARGE_BYTES, rows_in, write_meters
from bench.processes import Run, measure
from checkout.images import DATASETS as IMAGE
from local_services.git_hub import Hub
from local_services.object_store import object_store
from local_services.platform_api import (
    PlatformApiDouble,
    UploadBucket,
    platform_api,
)
from local_services.postgres import postgres
from moderate.local_images import local_image
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.batches import Batch
from steps.contract.wire import decode, encode
from steps.dataset_from_git.convert_file import RETRY, convert_file
from steps.dataset_from_git.datasets import DATASETS
from steps.dataset_from_git.items import FileItem
from steps.dataset_from_git.reports import FileReport
from steps.dataset_from_git.resolve import ResolveInputs, resolve
from steps.dataset_from_git.settings import GITHUB, GitSettings

DATASET = "genome_project"
LARGE_FILE = "data/meters/cleaned/electricity_cleaned.csv"
SMALL_FILES = ("data/weather/weather.csv", "data/metadata/metadata.csv")
ENTERED_BY_ALL = 0o711
SMALL_CONTENT = "timestamp,value\n2016-01-01 00:00:00,1\n"


def main() -> None:
    """Prints what the step took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bytes", type=int, default=LARGE_BYTES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(ENTERED_BY_ALL)
        hub = _repository(folder, options.bytes)
        run, report = _measured(folder, hub)
    table = Table(
        title=f"The step on a file of {options.bytes / 1e9:.1f} GB, "
        f"{report.rows:,} x {report.columns:,} cells, one run"
    )
    for column in ("seconds", "CPU seconds", "peak MiB", "uploaded MB"):
        table.add_column(column, justify="right")
    sizes = (f"{one.form} {one.size / 1e6:,.0f}" for one in report.objects)
    table.add_row(*run.cells(), ", ".join(sizes))
    Console().print(table)


def _repository(folder: Path, size: int) -> Hub:
    hub = Hub(folder / "hub")
    entry = DATASETS[DATASET]
    name = entry.url.removeprefix(GITHUB)
    origin = hub.origin(name, entry.branch, lfs=True)
    origin.write(dict.fromkeys(SMALL_FILES, SMALL_CONTENT))
    file = origin.folder / LARGE_FILE
    file.parent.mkdir(parents=True)
    write_meters(file, rows_in(size))
    origin.save()
    file.unlink()
    return hub


def _measured(folder: Path, hub: Hub) -> tuple[Run, FileReport]:
    double = PlatformApiDouble()
    with ExitStack() as stack:
        values = {
            **hub.settings,
            **stack.enter_context(postgres(folder)),
            **stack.enter_context(object_store(folder)),
            **stack.enter_context(platform_api(double)),
        }
        double.assets.upload_bucket = UploadBucket(values)
        return _convert(folder, values)


def _convert(
    folder: Path, values: Mapping[str, str]
) -> tuple[Run, FileReport]:
    outputs, scratch = folder / "outputs", folder / "scratch"
    scratch.mkdir()
    (programs,) = local_image(IMAGE).path
    batch = _large_batch(values)
    run = measure(
        [
            str(programs / "python"),
            "-m",
            "steps",
            convert_file.name,
            f"--number={batch.number}",
            f"--slot={batch.slot}",
            f"--content={encode(batch.content)}",
            f"--attempt={RETRY.limit}",
        ],
        {
            **values,
            "PATH": os.environ["PATH"],
            "TMPDIR": str(scratch),
            "STEP_OUTPUTS_DIR": str(outputs),
        },
    )
    report = decode((outputs / "report").read_text("utf-8"))
    return run, FileReport.model_validate_json(report)


def _large_batch(values: Mapping[str, str]) -> Batch:
    found = resolve(
        ResolveInputs(dataset=DATASET),
        git=GitSettings.of(values),
        api=PlatformApiSettings.of(values),
        postgres=PostgresSettings.of(values),
    )
    return next(
        batch
        for batch in found.batches
        if FileItem.model_validate_json(batch.content).path == LARGE_FILE
    )


if __name__ == "__main__":
    main()
