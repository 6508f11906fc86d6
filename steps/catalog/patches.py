"""Faults of the ingestion framework, patched in memory.

They keep files of the data lake from having any profile at all, and tables of
PostgreSQL from having all of their foreign keys.
"""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from steps.catalog.names import (
    column_name,
    database_name,
    entity_name,
    quoted,
)


def patch_row_sampling() -> None:
    """Lets a profile look at a number of rows of a file.

    Version 2.0.6 reads the number as a float, and pandas refuses to take
    5000.0 rows of a file that has more.
    """
    from metadata.generated.schema.type.basic import (
        ProfileSampleType,
    )
    from metadata.mixins.pandas.pandas_mixin import (
        PandasInterfaceMixin,
    )

    sampled = PandasInterfaceMixin.get_sampled_dataframe

    def get_sampled_dataframe(self: Any, raw_dataset: Any, static: Any) -> Any:  # noqa: ANN401
        if static.profileSampleType is ProfileSampleType.ROWS:
            rows = int(static.profileSample or 0)
            static = static.model_copy(update={"profileSample": rows})
        return sampled(self, raw_dataset, static)

    PandasInterfaceMixin.get_sampled_dataframe = get_sampled_dataframe


def patch_sums() -> None:
    """Gives a column of texts no sum.

    Version 2.0.6 takes texts for numbers where the first thousand of them
    look like dates; their sum is one long text, which no profile can hold.
    """
    from metadata.profiler.metrics.static.sum import Sum

    summed = Sum.df_fn

    def df_fn(self: Any, dfs: Any = None) -> Any:  # noqa: ANN401
        total = summed(self, dfs)
        return None if isinstance(total, str) else total

    Sum.df_fn = df_fn


def patch_long_headers() -> None:
    """Gives columns of files names that OpenMetadata can hold.

    Version 2.0.6 cuts a header at 256 characters where it describes a file,
    and not where it profiles it: the server refuses such a profile.
    """
    from metadata.mixins.pandas.pandas_mixin import (
        PandasInterfaceMixin,
    )
    from metadata.utils.datalake import datalake_utils

    datalake_utils.truncate_column_name = column_name
    read = PandasInterfaceMixin.get_dataframes

    def get_dataframes(
        self: Any,  # noqa: ANN401
        service_connection_config: Any,  # noqa: ANN401
        client: Any,  # noqa: ANN401
        table: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        found = read(self, service_connection_config, client, table)
        frames = found.dataframes

        def renamed() -> Iterator[Any]:
            for frame in frames():
                yield frame.rename(columns=_short_header)

        found.dataframes = renamed
        return found

    PandasInterfaceMixin.get_dataframes = get_dataframes


def _short_header(header: object) -> object:
    return column_name(header) if isinstance(header, str) else header


def patch_long_keys(keys: Mapping[str, str]) -> None:
    """Lets the profiler find files whose keys are too long for a name.

    Version 2.0.6 stores such a file's digest as its name, and reads the
    object of that name when it profiles it.

    Args:
        keys: The files' keys by the names of their tables.
    """
    from metadata.mixins.pandas.pandas_mixin import (
        PandasInterfaceMixin,
    )

    read = PandasInterfaceMixin.get_dataframes

    def get_dataframes(
        self: Any,  # noqa: ANN401
        service_connection_config: Any,  # noqa: ANN401
        client: Any,  # noqa: ANN401
        table: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        name = table.name.root
        file = SimpleNamespace(
            name=SimpleNamespace(root=keys.get(name, name)),
            databaseSchema=table.databaseSchema,
            fileFormat=table.fileFormat,
        )
        return read(self, service_connection_config, client, file)

    PandasInterfaceMixin.get_dataframes = get_dataframes


FOREIGN_KEYS = """
    SELECT r.conname, n.nspname, f.relname, current_database(),
        ARRAY(
            SELECT a.attname::text FROM unnest(r.conkey)
            WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a
                ON a.attrelid = r.conrelid AND a.attnum = k.number
            ORDER BY k.place
        ),
        ARRAY(
            SELECT a.attname::text FROM unnest(r.confkey)
            WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a
                ON a.attrelid = r.confrelid AND a.attnum = k.number
            ORDER BY k.place
        )
    FROM pg_constraint r
    JOIN pg_class f ON f.oid = r.confrelid
    JOIN pg_namespace n ON n.oid = f.relnamespace
    WHERE r.conrelid = :table AND r.contype = 'f' AND NOT f.relispartition
    ORDER BY r.conname
"""


def patch_foreign_keys() -> None:
    """Finds the table that a foreign key refers to in every schema.

    Version 2.0.6 reads the key's text, in which PostgreSQL leaves out the
    schema ``public``, and takes the key's own schema for it; it also writes
    names with dots into a fully qualified name as they are.
    """
    from metadata.ingestion.source.database.postgres import (  # noqa: F401
        metadata,
    )
    from sqlalchemy import sql
    from sqlalchemy.dialects.postgresql.base import PGDialect

    def get_foreign_keys(
        self: Any,  # noqa: ANN401
        connection: Any,  # noqa: ANN401
        table_name: str,
        schema: str | None = None,
        **options: Any,  # noqa: ANN401
    ) -> list[dict[str, Any]]:
        table = self.get_table_oid(
            connection,
            table_name,
            schema,
            info_cache=options.get("info_cache"),
        )
        rows = connection.execute(sql.text(FOREIGN_KEYS), {"table": table})
        return [
            {
                "name": name,
                "constrained_columns": columns,
                "referred_schema": quoted(entity_name(referred_schema)),
                "referred_table": quoted(entity_name(referred_table)),
                "referred_columns": referred_columns,
                "referred_database": quoted(database_name(database)),
                "options": {},
            }
            for (
                name,
                referred_schema,
                referred_table,
                database,
                columns,
                referred_columns,
            ) in rows.fetchall()
            if all(map(_is_plain, (*columns, *referred_columns)))
        ]

    PGDialect.get_foreign_keys = get_foreign_keys


def _is_plain(column: str) -> bool:
    """Returns whether a fully qualified name can hold a column as it is.

    The framework writes it there unescaped, and the server would refuse the
    whole table.
    """
    return quoted(entity_name(column)) == column
