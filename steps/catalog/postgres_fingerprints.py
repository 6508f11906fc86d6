"""Changes of a database, from PostgreSQL's catalog and statistics.

A row of the catalog gets another ``xmin`` with each change of a definition,
comment or right. The statistics count the rows that were ever inserted,
updated and deleted, and a table whose rows are replaced as a whole
(``TRUNCATE``, ``REFRESH``, a rewrite) gets another file. The counters are
compared only within the life of the statistics: a reset, a crash, another
server or a database that was created anew give other fingerprints.

Nothing is counted of views and foreign tables, where ``track_counts`` is off,
and on a standby: what is read there has no fingerprint.
"""

from typing import TYPE_CHECKING, Any, LiteralString

from steps.catalog.source import Fingerprints, TableName

if TYPE_CHECKING:
    import psycopg

COUNTED = """
    SELECT current_setting('track_counts')::boolean
        AND NOT pg_is_in_recovery()
"""
# The life of the statistics, and all that belongs to no table alone.
ITEM: LiteralString = """
    SELECT concat_ws(' ',
        d.oid,
        coalesce(pg_stat_get_db_stat_reset_time(d.oid)::text, '-'),
        coalesce(pg_stat_get_bgwriter_stat_reset_time()::text, '-')
    ), concat_ws(' ',
        (SELECT string_agg(concat(oid, ':', xmin), ' ' ORDER BY oid)
            FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'),
        (SELECT md5(string_agg(concat(t.oid, ':', t.xmin), ' ' ORDER BY t.oid))
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
            WHERE n.nspname NOT LIKE 'pg\\_%'),
        (SELECT md5(string_agg(concat(oid, ':', xmin), ' ' ORDER BY oid))
            FROM pg_enum),
        (SELECT md5(string_agg(concat(objoid, ':', xmin), ' '
            ORDER BY objoid)) FROM pg_description
            WHERE classoid = 'pg_namespace'::regclass),
        (SELECT string_agg(concat(objoid, ':', xmin), ' ')
            FROM pg_shdescription
            WHERE classoid = 'pg_database'::regclass AND objoid = d.oid)
    ) FROM pg_database d WHERE d.datname = current_database()
"""
# Of each table or view, with its partitions and what inherits from it.
TABLES: LiteralString = """
    WITH RECURSIVE part (relation, text) AS (
        SELECT attrelid, concat('a', attnum, ':', xmin) FROM pg_attribute
        UNION ALL
        SELECT adrelid, concat('d', oid, ':', xmin) FROM pg_attrdef
        UNION ALL
        SELECT conrelid, concat('c', oid, ':', xmin) FROM pg_constraint
        UNION ALL
        SELECT indrelid, concat('i', indexrelid, ':', xmin) FROM pg_index
        UNION ALL
        SELECT ev_class, concat('r', oid, ':', xmin) FROM pg_rewrite
        UNION ALL
        SELECT inhrelid, concat('h', inhparent, ':', xmin) FROM pg_inherits
        UNION ALL
        SELECT partrelid, concat('p', xmin) FROM pg_partitioned_table
        UNION ALL
        SELECT objoid, concat('t', objsubid, ':', xmin) FROM pg_description
        WHERE classoid = 'pg_class'::regclass
    ), definition AS (
        SELECT relation, md5(string_agg(text, ' ' ORDER BY text)) AS digest
        FROM part GROUP BY relation
    ), tree (root, member) AS (
        SELECT c.oid, c.oid
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
        AND NOT c.relispartition
        AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
        UNION
        SELECT t.root, i.inhrelid
        FROM tree t JOIN pg_inherits i ON i.inhparent = t.member
    ), fingerprint AS (
        SELECT t.root, bool_or(c.relkind IN ('f', 'v')) AS unknown,
            md5(string_agg(concat_ws(' ', c.oid, c.xmin, d.digest,
                c.relfilenode, c.reltuples,
                pg_stat_get_tuples_inserted(c.oid),
                pg_stat_get_tuples_updated(c.oid),
                pg_stat_get_tuples_deleted(c.oid)
            ), ' ' ORDER BY c.oid)) AS digest
        FROM tree t
        JOIN pg_class c ON c.oid = t.member
        LEFT JOIN definition d ON d.relation = t.member
        GROUP BY t.root
    )
    SELECT n.nspname, c.relname, f.unknown, f.digest
    FROM fingerprint f
    JOIN pg_class c ON c.oid = f.root
    JOIN pg_namespace n ON n.oid = c.relnamespace
"""


def read_fingerprints(
    connection: "psycopg.Connection[tuple[Any, ...]]",
) -> Fingerprints:
    """Reads the fingerprints of a database.

    Args:
        connection: A connection to it.

    Returns:
        The fingerprints.
    """
    (counted,) = connection.execute(COUNTED).fetchone() or (False,)
    life, item = connection.execute(ITEM).fetchone() or ("", "")
    return Fingerprints(
        item=f"{life} {item}",
        tables={
            TableName(str(schema), str(table)): (
                f"{life} {digest}" if counted and not unknown else ""
            )
            for schema, table, unknown, digest in connection.execute(TABLES)
        },
    )
