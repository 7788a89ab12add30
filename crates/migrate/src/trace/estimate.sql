-- The rows of a table (its partitions included), and the part of them in which a column is null, as the last ANALYZE or VACUUM found.
SELECT
    (
        SELECT sum(c.reltuples)::float8
        FROM pg_catalog.pg_class AS c
        WHERE c.relkind = 'r'
            AND c.reltuples >= 0
            AND (
                c.oid = t.oid
                OR c.oid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(t.oid) AS p)
            )
    ),
    (
        SELECT s.null_frac::float8
        FROM pg_catalog.pg_stats AS s
        WHERE s.schemaname = $1 AND s.tablename = $2 AND s.attname = $3
        ORDER BY s.inherited DESC
        LIMIT 1
    )
FROM pg_catalog.pg_class AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
WHERE n.nspname = $1 AND t.relname = $2
