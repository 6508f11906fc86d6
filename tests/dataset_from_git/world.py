"""Everything that the datasets' steps deal with, and the steps in turn."""

from dataclasses import dataclass, field

from local_services.git_hub import Hub, Origin
from local_services.platform_api import PlatformObject
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.batches import Batch, BatchReport
from steps.contract.errors import ItemsFailedError
from steps.dataset_from_git.convert_file import (
    RETRY,
    ConvertInputs,
    convert_file,
)
from steps.dataset_from_git.datasets import DATASETS
from steps.dataset_from_git.reports import FileReport
from steps.dataset_from_git.resolve import (
    ResolveInputs,
    ResolveOutputs,
    resolve,
)
from steps.dataset_from_git.settings import (
    GITHUB,
    NAMESPACE,
    GitSettings,
)
from steps.dataset_from_git.summary import (
    DatasetSummary,
    DatasetSummaryInputs,
    summary,
)
from steps.state.state import State
from tests.conftest import ServedPlatform, ServedStore

READINGS = "timestamp,kWh\n2016-01-01 00:00:00,1.5\n2016-01-01 01:00:00,2\n"
STOCK = "building_stock"
GENOME = "genome_project"
FILES = {
    STOCK: ("T3.1-dynamic-analysis/PV/a.csv", "T3.2-static-analysis/b.csv"),
    GENOME: (
        "data/meters/cleaned/electricity_cleaned.csv",
        "data/weather/weather.csv",
        "data/metadata/metadata.csv",
    ),
}


@dataclass(frozen=True)
class Run:
    """The reports and outputs of a run of all steps.

    Attributes:
        resolved: What there was to do.
        reports: The outcome of each file, in the batches' order.
        summary: The outcome of all, None where there was nothing to do.
    """

    resolved: ResolveOutputs
    reports: list[FileReport] = field(default_factory=list)
    summary: DatasetSummary | None = None


@dataclass(frozen=True)
class World:
    """The repositories, the platform and the state.

    Attributes:
        hub: What stands for GitHub.
        platform: The platform.
        s3: The store behind it.
        postgres: Where uploads are recorded.
    """

    hub: Hub
    platform: ServedPlatform
    s3: ServedStore
    postgres: PostgresSettings

    @property
    def git(self) -> GitSettings:
        """Where repositories are fetched from."""
        return GitSettings.of(self.hub.settings)

    @property
    def api(self) -> PlatformApiSettings:
        """Where the platform is."""
        return self.platform.settings

    @property
    def objects(self) -> list[PlatformObject]:
        """The objects that the platform holds, the oldest first."""
        return [
            stored
            for stored in self.platform.double.objects.values()
            if stored.asset_id
        ]

    def content(self, stored: PlatformObject) -> bytes:
        """Read an object's file."""
        assert stored.key is not None
        return self.s3.get(stored.key, stored.bucket)

    def origin(self, dataset: str, *, lfs: bool = False) -> Origin:
        """Make a dataset's repository, empty so far."""
        entry = DATASETS[dataset]
        name = entry.url.removeprefix(GITHUB)
        return self.hub.origin(name, entry.branch, lfs=lfs)

    def repository(
        self, dataset: str, content: str, *, lfs: bool = False
    ) -> Origin:
        """Make a dataset's repository with one file for each glob."""
        origin = self.origin(dataset, lfs=lfs)
        origin.write(dict.fromkeys(FILES[dataset], content))
        return origin

    def resolve(self, dataset: str, **inputs: str) -> ResolveOutputs:
        """Run the first step."""
        done: ResolveOutputs = resolve(
            ResolveInputs.model_validate({"dataset": dataset, **inputs}),
            git=self.git,
            api=self.api,
            postgres=self.postgres,
        )
        return done

    def convert(self, batch: Batch, attempt: int = RETRY.limit) -> BatchReport:
        """Run the step of a file."""
        done: BatchReport = convert_file(
            ConvertInputs(
                number=batch.number,
                slot=batch.slot,
                content=batch.content,
                attempt=attempt,
            ),
            git=self.git,
            api=self.api,
            postgres=self.postgres,
        )
        return done

    def run(self, dataset: str, **inputs: str) -> Run:
        """Run all steps."""
        resolved = self.resolve(dataset, **inputs)
        if not resolved.batches:
            return Run(resolved)
        outputs = [self.convert(batch) for batch in resolved.batches]
        return Run(
            resolved,
            [FileReport.model_validate_json(one.report) for one in outputs],
            self.summary(resolved, outputs),
        )

    @staticmethod
    def summary(
        resolved: ResolveOutputs, reports: list[BatchReport]
    ) -> DatasetSummary:
        """Run the last step."""
        done: object
        try:
            done = summary(
                DatasetSummaryInputs(
                    batches=resolved.batches,
                    reports=reports,
                    commit=resolved.commit,
                    there=resolved.there,
                )
            )
        except ItemsFailedError as error:
            done = error.outputs
        assert isinstance(done, DatasetSummary)
        return done

    def clear(self) -> None:
        """Delete the records of uploads."""
        with State(self.postgres, NAMESPACE) as state:
            for key in state.values():
                state.remove(key)
