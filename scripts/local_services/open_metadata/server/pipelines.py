"""What an ingestion pipeline answers beside what every entity does."""

from metadata.generated.schema.entity.services.ingestionPipelines.ingestionPipeline import (  # noqa: E501
    PipelineStatus,
)
from metadata.generated.schema.entity.services.ingestionPipelines.progressUpdate import (  # noqa: E501
    ProgressUpdate,
)

from local_services.open_metadata.server.bodies import Json, validated
from local_services.open_metadata.server.kinds import KINDS, PIPELINES
from local_services.open_metadata.server.request import Request
from local_services.open_metadata.server.store import Store

KIND = KINDS[PIPELINES]


class Pipelines:
    """The operations on pipelines' statuses."""

    def __init__(self, store: Store) -> None:
        """Makes the operations.

        Args:
            store: Where the pipelines are kept.
        """
        self._store = store

    def put_status(self, request: Request, qualified: str) -> Json:
        """``PUT /{name}/pipelineStatus``: how a run is doing."""
        pipeline = self._store.by_name(KIND, qualified)
        body = validated(PipelineStatus, request.json())
        name = pipeline["fullyQualifiedName"]
        if KIND.route not in self._store.losing:
            self._store.statuses.setdefault(name, {})[body["runId"]] = body
        return pipeline

    def status(
        self, request: Request, qualified: str, run: str
    ) -> Json | None:
        """``GET /{name}/pipelineStatus/{run}``: empty where there is none."""
        request.check_query()
        pipeline = self._store.by_name(KIND, qualified)
        runs = self._store.statuses.get(pipeline["fullyQualifiedName"], {})
        return runs.get(run)

    def put_progress(self, request: Request, qualified: str, run: str) -> None:
        """``PUT /progress/{name}/{run}``: how far a run is."""
        del run
        self._store.by_name(KIND, qualified)
        validated(ProgressUpdate, request.json())
