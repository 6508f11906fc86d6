"""What a table answers beside what every entity does: its profile."""

from collections.abc import Iterable

from metadata.generated.schema.api.data.createTableProfile import (
    CreateTableProfileRequest,
)
from metadata.generated.schema.entity.data.table import (
    TableData,
    TableProfilerConfig,
)

from local_services.open_metadata.server.bodies import Json, validated
from local_services.open_metadata.server.entities import shown
from local_services.open_metadata.server.errors import (
    bad_request,
    not_found,
)
from local_services.open_metadata.server.kinds import KINDS, TABLES
from local_services.open_metadata.server.request import Request
from local_services.open_metadata.server.store import Store

KIND = KINDS[TABLES]


class Tables:
    """The operations on tables' profiles and sample data."""

    def __init__(self, store: Store) -> None:
        """Makes the operations.

        Args:
            store: Where the tables are kept.
        """
        self._store = store

    def put_profile(self, request: Request, identifier: str) -> Json:
        """``PUT /{id}/tableProfile``: keeps a profile."""
        table = self._store.by_id(KIND, identifier)
        body = validated(CreateTableProfileRequest, request.json())
        columns = body.get("columnProfile") or []
        _check_columns(table, (column["name"] for column in columns))
        profiles = {column["name"]: column for column in columns}
        kept = self._store.keep(
            KIND,
            {
                **table,
                "profile": body["tableProfile"],
                "columnProfiles": profiles,
            },
        )
        return shown(KIND, kept, frozenset({"profile"}))

    def latest_profile(self, request: Request, qualified: str) -> Json:
        """``GET /{name}/tableProfile/latest``: with its columns' profiles."""
        request.check_query("includeColumnProfile")
        table = self._store.by_name(KIND, qualified)
        profiles = table.get("columnProfiles", {})
        columns = [
            {**column, "profile": profiles[column["name"]]}
            if column["name"] in profiles
            else column
            for column in table["columns"]
        ]
        return {
            **shown(KIND, table, frozenset({"profile"})),
            "columns": columns,
        }

    def put_sample(self, request: Request, identifier: str) -> Json:
        """``PUT /{id}/sampleData``: keeps rows."""
        table = self._store.by_id(KIND, identifier)
        body = validated(TableData, request.json())
        columns = body.get("columns") or []
        _check_columns(table, columns)
        for row in body.get("rows") or []:
            if len(row) != len(columns):
                raise bad_request(
                    f"Number of columns is {len(columns)} but row has "
                    f"{len(row)} sample values"
                )
        kept = self._store.keep(KIND, {**table, "sampleData": body})
        return shown(KIND, kept, frozenset({"sampleData"}))

    def sample(self, request: Request, identifier: str) -> Json:
        """``GET /{id}/sampleData``: the rows."""
        request.check_query()
        table = self._store.by_id(KIND, identifier)
        return shown(KIND, table, frozenset({"sampleData"}))

    def put_profiler_config(self, request: Request, identifier: str) -> Json:
        """``PUT /{id}/tableProfilerConfig``: how to profile a table."""
        table = self._store.by_id(KIND, identifier)
        body = validated(TableProfilerConfig, request.json())
        kept = self._store.keep(KIND, {**table, "tableProfilerConfig": body})
        return shown(KIND, kept, frozenset({"tableProfilerConfig"}))


def _check_columns(table: Json, columns: Iterable[str]) -> None:
    known = {column["name"] for column in _flat(table["columns"])}
    for column in columns:
        if column not in known:
            raise not_found("column", column)


def _flat(columns: Iterable[Json]) -> Iterable[Json]:
    for column in columns:
        yield column
        for child in _flat(column.get("children") or []):
            yield {**child, "name": f"{column['name']}.{child['name']}"}
