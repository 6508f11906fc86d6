"""Running the catalog's pipelines here, and reading what they leave."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path

import httpx

from argo_offline.run.cluster import LocalImage
from argo_offline.run.nodes import NodeType, Phase
from argo_offline.run.results import WorkflowResult
from checkout.images import OPENMETADATA, STEPS
from local_services.open_metadata.double import OpenMetadataDouble
from moderate.local_images import local_images
from moderate.running import run_here
from moderate.settings import image_settings
from moderate.workflow_index import find
from steps.catalog.report import Line, Report
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.wire import decode

SLOWEST_RUN_SECONDS = 900
INGEST = "ingest"
SUMMARY = "summary"


@dataclass(frozen=True)
class Ran:
    """A run of a pipeline.

    Attributes:
        result: How it ended.
    """

    result: WorkflowResult

    @cached_property
    def lines(self) -> dict[str, Line]:
        """The outcome of each item, by its name."""
        reports = [
            Report.model_validate_json(decode(node.outputs["report"]))
            for node in self.result.nodes
            if node.template == INGEST
            and node.type is NodeType.POD
            and node.phase is Phase.SUCCEEDED
        ]
        return {line.item: line for report in reports for line in report.lines}

    @property
    def table(self) -> str:
        """The table that the last step returns."""
        node = next(
            node
            for node in self.result.nodes
            if node.template == SUMMARY and node.type is NodeType.POD
        )
        return decode(node.outputs["table"])

    def pods(self, template: str) -> int:
        """Counts the pods of a template."""
        return sum(
            node.template == template and node.type is NodeType.POD
            for node in self.result.nodes
        )

    def files(self) -> Iterator[Path]:
        """Lists every file that the run has left."""
        assert self.result.folder is not None
        yield from (
            path for path in self.result.folder.rglob("*") if path.is_file()
        )

    def log(self) -> str:
        """Everything that the run has left, as text."""
        return "\n".join(
            file.read_bytes().decode(errors="replace") for file in self.files()
        )


@dataclass(frozen=True)
class Ingestion:
    """The pipelines with everything around them.

    Attributes:
        environment: All settings by variable name.
        double: The OpenMetadata server.
        folder: Where runs leave their folders.
    """

    environment: Mapping[str, str]
    double: OpenMetadataDouble
    folder: Path
    names: Iterator[int] = field(default_factory=count)

    @cached_property
    def images(self) -> dict[str, LocalImage]:
        """The images' environments on this machine."""
        return local_images((STEPS, OPENMETADATA))

    def edit(self, table: str, **fields: str) -> None:
        """Changes a table as a person does in OpenMetadata's pages.

        Args:
            table: Its fully qualified name.
            **fields: New values by field.
        """
        server = OpenMetadataSettings.of(self.environment)
        token = server.open_metadata_token.get_secret_value()
        with httpx.Client(
            base_url=f"{server.api_root}/v1/tables/",
            headers={"Authorization": f"Bearer {token}"},
        ) as client:
            found = client.get(f"name/{table}").raise_for_status().json()
            client.patch(
                found["id"],
                json=[
                    {"op": "add", "path": f"/{field}", "value": value}
                    for field, value in fields.items()
                ],
                headers={"Content-Type": "application/json-patch+json"},
            ).raise_for_status()

    def run(
        self,
        workflow: str,
        settings: Mapping[str, str] | None = None,
        **parameters: object,
    ) -> Ran:
        """Runs a pipeline.

        Args:
            workflow: Its name.
            settings: Settings that differ.
            **parameters: Parameters; what is no text is written as JSON.

        Returns:
            The run.
        """
        result = run_here(
            find(workflow),
            {
                name: value if isinstance(value, str) else json.dumps(value)
                for name, value in parameters.items()
            },
            {**image_settings(), **self.environment, **(settings or {})},
            images=self.images,
            on_event=lambda _: None,
            folder=self.folder / str(next(self.names)),
        )
        return Ran(result)
