"""The kinds of entities that the double keeps, and their models.

The models are the ingestion framework's own, generated from OpenMetadata's
JSON schemas.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from metadata.generated.schema.api.data.createDatabase import (
    CreateDatabaseRequest,
)
from metadata.generated.schema.api.data.createDatabaseSchema import (
    CreateDatabaseSchemaRequest,
)
from metadata.generated.schema.api.data.createStoredProcedure import (
    CreateStoredProcedureRequest,
)
from metadata.generated.schema.api.data.createTable import CreateTableRequest
from metadata.generated.schema.api.services.createDatabaseService import (
    CreateDatabaseServiceRequest,
)
from metadata.generated.schema.api.services.ingestionPipelines.createIngestionPipeline import (  # noqa: E501
    CreateIngestionPipelineRequest,
)
from metadata.generated.schema.entity.data.database import Database
from metadata.generated.schema.entity.data.databaseSchema import DatabaseSchema
from metadata.generated.schema.entity.data.storedProcedure import (
    StoredProcedure,
)
from metadata.generated.schema.entity.data.table import Table
from metadata.generated.schema.entity.services.databaseService import (
    DatabaseService,
)
from metadata.generated.schema.entity.services.ingestionPipelines.ingestionPipeline import (  # noqa: E501
    IngestionPipeline,
)
from pydantic import BaseModel

SERVICES = "services/databaseServices"
DATABASES = "databases"
SCHEMAS = "databaseSchemas"
TABLES = "tables"
PROCEDURES = "storedProcedures"
PIPELINES = "services/ingestionPipelines"


@dataclass(frozen=True)
class Kind:
    """A kind of entity.

    Attributes:
        route: Its path below ``/api/v1``.
        noun: Its type in references to it.
        create: The model of the bodies that make one.
        entity: The model of what is answered.
        parent: The field that names what it belongs to; empty at the top.
        parent_route: That one's path.
        fields: What ``fields=`` may ask for beside what is always answered.
    """

    route: str
    noun: str
    create: type[BaseModel]
    entity: type[BaseModel]
    parent: str = ""
    parent_route: str = ""
    fields: frozenset[str] = frozenset({"owners", "tags", "domains"})


_COMMON = frozenset(
    {
        "owners",
        "tags",
        "followers",
        "votes",
        "domains",
        "dataProducts",
        "extension",
        "lifeCycle",
        "sourceHash",
        "usageSummary",
        "certification",
    }
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.route: kind
        for kind in (
            Kind(
                SERVICES,
                "databaseService",
                CreateDatabaseServiceRequest,
                DatabaseService,
                fields=frozenset(
                    {
                        "pipelines",
                        "owners",
                        "tags",
                        "domains",
                        "dataProducts",
                        "followers",
                    }
                ),
            ),
            Kind(
                DATABASES,
                "database",
                CreateDatabaseRequest,
                Database,
                parent="service",
                parent_route=SERVICES,
                fields=_COMMON
                | {"databaseSchemas", "location", "databaseProfilerConfig"},
            ),
            Kind(
                SCHEMAS,
                "databaseSchema",
                CreateDatabaseSchemaRequest,
                DatabaseSchema,
                parent="database",
                parent_route=DATABASES,
                fields=_COMMON | {"tables", "databaseSchemaProfilerConfig"},
            ),
            Kind(
                TABLES,
                "table",
                CreateTableRequest,
                Table,
                parent="databaseSchema",
                parent_route=SCHEMAS,
                fields=_COMMON
                | {
                    "columns",
                    "customMetrics",
                    "dataModel",
                    "joins",
                    "profile",
                    "sampleData",
                    "schemaDefinition",
                    "tableConstraints",
                    "tablePartition",
                    "tableProfilerConfig",
                    "testSuite",
                },
            ),
            Kind(
                PROCEDURES,
                "storedProcedure",
                CreateStoredProcedureRequest,
                StoredProcedure,
                parent="databaseSchema",
                parent_route=SCHEMAS,
                fields=_COMMON,
            ),
            Kind(
                PIPELINES,
                "ingestionPipeline",
                CreateIngestionPipelineRequest,
                IngestionPipeline,
                parent="service",
                parent_route=SERVICES,
                fields=frozenset(
                    {"owners", "followers", "domains", "pipelineStatuses"}
                ),
            ),
        )
    }
)
