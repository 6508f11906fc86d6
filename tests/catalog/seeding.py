"""Describing items on the double without the ingestion framework."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import httpx

from steps.catalog.batch import IngestInputs
from steps.catalog.configuration import configurations
from steps.catalog.framework import Failure, RunResult
from steps.catalog.item import ingest
from steps.catalog.ranges import Range
from steps.catalog.report import Line
from steps.catalog.source import Source, TableName
from steps.clients.open_metadata_settings import OpenMetadataSettings

SERVICES = "services/databaseServices"
PIPELINES = "services/ingestionPipelines"
KINDS = {"postgres": "Postgres", "datalake": "Datalake"}
COLUMNS = [{"name": "id", "dataType": "INT"}]


def nothing() -> None:
    """Does nothing."""


@dataclass
class Seeding:
    """The server, and what stands for the framework's metadata workflow.

    Attributes:
        settings: What reaches the server.
        source: The source of the items.
        unreadable: The names of tables that cannot be described.
        meanwhile: What happens at the source during a run.
    """

    settings: OpenMetadataSettings
    source: Source
    unreadable: Collection[str] = ()
    meanwhile: Callable[[], None] = field(default=nothing)

    def client(self) -> httpx.Client:
        """Returns a client that is signed in."""
        token = self.settings.open_metadata_token.get_secret_value()
        return httpx.Client(
            base_url=f"{self.settings.api_root}/v1/",
            headers={"Authorization": f"Bearer {token}"},
        )

    def ingest(self, name: str) -> Line:
        """Brings an item into the catalog, without profiles."""
        plan = configurations(
            self.source,
            name,
            self.settings,
            profile_sample=0,
            log_level="INFO",
        )
        line, _ = ingest(self.source, name, plan, "metadata", self.settings)
        return line

    def describe(self, configuration: dict[str, dict[str, str]]) -> RunResult:
        """Sends what the framework would send of an item."""
        service = configuration["source"]["serviceName"]
        name = next(
            name
            for name in self.source.names()
            if self.source.service(name) == service
        )
        contents = self.source.contents(name)
        database = f"{service}.{self.source.database(name)}"
        made = self._put(
            SERVICES, name=service, serviceType=KINDS[self.source.kind]
        )
        self._put(
            PIPELINES,
            name="metadata",
            service={"id": made["id"], "type": "databaseService"},
            pipelineType="metadata",
            sourceConfig={"config": {"type": "DatabaseMetadata"}},
            airflowConfig={},
        )
        self._put(
            "databases", name=self.source.database(name), service=service
        )
        for schema in contents.schemas:
            self._put("databaseSchemas", name=schema, database=database)
        failures = [
            self._put_table(table, database)
            for table in sorted(contents.tables)
        ]
        self.meanwhile()
        return RunResult(failures=[one for one in failures if one], warnings=0)

    def _put_table(self, table: TableName, database: str) -> Failure | None:
        if table.table in self.unreadable:
            return Failure("Table", f"cannot yield table [{table.table}]: no")
        stored = table.stored()
        hashed = {"displayName": table.table} if stored != table else {}
        self._put(
            "tables",
            name=stored.table,
            databaseSchema=f"{database}.{stored.schema}",
            columns=COLUMNS,
            **hashed,
        )
        return None

    def _put(self, route: str, **body: object) -> dict[str, Any]:
        with self.client() as client:
            answer = client.put(route, json=body)
            assert answer.is_success, answer.text
            found: dict[str, Any] = answer.json()
            return found


def dry_run_inputs(
    batch: Range, *, number: int = 0, slot: int = 0
) -> IngestInputs:
    """Make the inputs of a batch of which nothing is ingested."""
    return IngestInputs(
        number=number,
        slot=slot,
        content=batch.model_dump_json(),
        ignore=[],
        include=[],
        work="both",
        profile="changed",
        profile_sample=0,
        overwrite_descriptions=False,
        item_seconds=60,
        verbose=False,
        dry_run=True,
    )
