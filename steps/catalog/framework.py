"""OpenMetadata's ingestion framework: loaded once, run in process."""

import importlib
import logging
import os
import sys
import warnings
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

from steps.catalog.configuration import Configuration
from steps.catalog.patches import (
    patch_foreign_keys,
    patch_long_headers,
    patch_long_keys,
    patch_row_sampling,
    patch_sums,
)
from steps.catalog.preload import share_memory

# Parts that are imported and never used: other managers of secrets
# (Kubernetes, Google, Azure), and the parsers of SQL, which the framework's
# lineage workflow alone needs. A third of the time and a sixth of the memory
# that loading the framework takes.
UNUSED_MODULES = (
    "metadata.ingestion.lineage.masker",
    "metadata.ingestion.lineage.parser",
    "metadata.utils.secrets.azure_kv_secrets_manager",
    "metadata.utils.secrets.gcp_secrets_manager",
    "metadata.utils.secrets.kubernetes_secrets_manager",
)
NEEDED_MODULES = (
    "metadata.workflow.metadata",
    "metadata.workflow.profiler",
    "metadata.sampler.processor",
)
POSTGRES = "postgres"
SOURCE_MODULES = "metadata.ingestion.source.database"
# What stands before a table's name in the messages of the metadata workflow.
TABLE_MARKS = ("table ", "table=")
# Google's S3 API has no checksums of this kind, and refuses or spoils what
# has them. The framework makes its clients itself.
CHECKSUM_VARIABLES = (
    "AWS_REQUEST_CHECKSUM_CALCULATION",
    "AWS_RESPONSE_CHECKSUM_VALIDATION",
)

log = logging.getLogger(__name__)


class Failure(NamedTuple):
    """What a workflow of the framework could not do.

    Attributes:
        name: What it is about: a table's name or fully qualified name, or a
            part of the framework.
        error: What happened; the metadata workflow names the table in it.
    """

    name: str
    error: str

    def __str__(self) -> str:
        """Returns the failure as a person reads it."""
        return f"{self.name}: {self.error}"

    def is_of(self, spelling: str) -> bool:
        """Returns whether it is about a table that is written like this."""
        return self.name == spelling or any(
            f"{table}[{spelling}]" in self.error for table in TABLE_MARKS
        )


@dataclass(frozen=True)
class RunResult:
    """How one workflow of the framework has ended.

    Attributes:
        failures: What it could not do.
        warnings: How many warnings it gave.
    """

    failures: list[Failure]
    warnings: int


class _Unused(ModuleType):
    """Stands for a module that is imported and never used.

    Attributes:
        used: The names that were imported of it.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.used: set[str] = set()

    def __getattr__(self, name: str) -> type[Exception]:
        if name.startswith("__"):
            raise AttributeError(name)
        self.used.add(name)
        return type(name, (_UnusedError,), {})


class _UnusedError(Exception):
    """A name of a module that is left out; it cannot be called."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__(
            f"The framework now uses {type(self).__name__}: take its module "
            "out of UNUSED_MODULES."
        )
        raise NotImplementedError(*self.args)


def used_names() -> dict[str, list[str]]:
    """Lists what the framework has imported of the modules left out.

    Returns:
        The names by module.
    """
    return {
        name: sorted(module.used)
        for name in UNUSED_MODULES
        if isinstance(module := sys.modules.get(name), _Unused)
    }


def load(kind: str) -> None:
    """Imports the framework, so that forked children have it already.

    Args:
        kind: The framework's name of the source.
    """
    os.environ.update(dict.fromkeys(CHECKSUM_VARIABLES, "when_required"))
    warnings.filterwarnings("ignore", module=r"(pydantic|metadata)\..*")
    for name in UNUSED_MODULES:
        sys.modules.setdefault(name, _Unused(name))
    for name in (
        *NEEDED_MODULES,
        f"{SOURCE_MODULES}.{kind}.service_spec",
        f"{SOURCE_MODULES}.{kind}.metadata",
        f"{SOURCE_MODULES}.{kind}.connection",
    ):
        importlib.import_module(name)
    patch_row_sampling()
    patch_sums()
    patch_long_headers()
    if kind == POSTGRES:
        patch_foreign_keys()
    share_memory()


def run_metadata(configuration: Configuration) -> RunResult:
    """Runs a metadata workflow.

    Args:
        configuration: Its configuration.

    Returns:
        How it has ended.
    """
    from metadata.workflow.metadata import MetadataWorkflow

    return _run(MetadataWorkflow, configuration)


def read_long_keys(keys: Mapping[str, str]) -> None:
    """Lets later workflows of this process read files with long keys.

    Args:
        keys: The files' keys by the names of their tables.
    """
    if keys:
        patch_long_keys(keys)


def run_profiler(
    configuration: Configuration, tables: AbstractSet[str]
) -> RunResult:
    """Runs a profiler workflow.

    Args:
        configuration: Its configuration.
        tables: The ids of the tables that it profiles.

    Returns:
        How it has ended.
    """
    from metadata.workflow.profiler import ProfilerWorkflow

    return _run(_narrowed(ProfilerWorkflow, tables), configuration)


def run_samples(
    configuration: Configuration, tables: AbstractSet[str]
) -> RunResult:
    """Runs the workflow that stores sample rows.

    The framework's own one needs its search for personal data, and half a
    gigabyte of language models, even where that search is turned off.

    Args:
        configuration: Its configuration.
        tables: The ids of the tables whose rows it stores.

    Returns:
        How it has ended.
    """
    from metadata.sampler.processor import SamplerProcessor
    from metadata.workflow.profiler import ProfilerWorkflow

    class SamplesWorkflow(ProfilerWorkflow):  # type: ignore[misc]
        def _get_profiler_processor(self) -> Any:  # noqa: ANN401
            return SamplerProcessor.create(
                self.config.model_dump(), self.metadata
            )

    return _run(_narrowed(SamplesWorkflow, tables), configuration)


def _narrowed(workflow_class: Any, tables: AbstractSet[str]) -> Any:  # noqa: ANN401
    """Narrows a workflow to some tables.

    The framework's own filters are patterns of names, which it sends in a
    URL: thousands of names do not fit.
    """

    class Narrowed(workflow_class):  # type: ignore[misc]
        def _get_source_class(self) -> Any:  # noqa: ANN401
            class Source(super()._get_source_class()):  # type: ignore[misc]
                def _iter(self, *_: object, **__: object) -> Any:  # noqa: ANN401
                    for found in super()._iter():
                        entity = found.right and found.right.entity
                        if not entity or str(entity.id.root) in tables:
                            yield found

            return Source

    return Narrowed


def _run(workflow_class: Any, configuration: Configuration) -> RunResult:  # noqa: ANN401
    workflow = workflow_class.create(configuration)
    workflow.execute()
    statuses = [step.get_status() for step in workflow.workflow_steps()]
    return RunResult(
        failures=[
            Failure(str(failure.name), str(failure.error))
            for status in statuses
            for failure in status.failures
        ],
        warnings=sum(len(status.warnings) for status in statuses),
    )
