-- The table that is scanned, when it is large and few of its rows are expected, and the index to propose.
-- $1: its schema; $2: its name; $3: how many rows are expected; $4: the columns that are compared.
SELECT
    relation.oid::regclass::text AS identity,
    relation.reltuples::double precision AS rows,
    format('CREATE INDEX ON %s (%s)', relation.oid::regclass, columns.list) AS index,
    format('CREATE INDEX CONCURRENTLY %I ON %s (%s);', columns.name, relation.oid::regclass, columns.list) AS up,
    format('DROP INDEX CONCURRENTLY %I.%I;', namespace.nspname, columns.name) AS down
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
CROSS JOIN LATERAL (
    SELECT
        string_agg(quote_ident(attribute.attname), ', ' ORDER BY selectivity.rank, attribute.attnum) AS list,
        left(relation.relname || '_' || string_agg(attribute.attname, '_' ORDER BY selectivity.rank, attribute.attnum), 59) || '_idx' AS name
    FROM pg_attribute AS attribute
    -- What tells most rows apart comes first.
    LEFT JOIN pg_stats AS statistics ON statistics.schemaname = namespace.nspname
        AND statistics.tablename = relation.relname
        AND statistics.attname = attribute.attname
        AND NOT statistics.inherited
    CROSS JOIN LATERAL (
        SELECT CASE WHEN statistics.n_distinct < 0 THEN statistics.n_distinct * relation.reltuples ELSE -coalesce(statistics.n_distinct, 0) END AS rank
    ) AS selectivity
    WHERE attribute.attrelid = relation.oid
        AND attribute.attname = ANY ($4::text[])
        AND NOT attribute.attisdropped
) AS columns
WHERE namespace.nspname = $1
    AND relation.relname = $2
    AND relation.relkind IN ('r', 'p')
    AND relation.reltuples >= 10000
    AND $3::double precision <= 0.01 * relation.reltuples
    AND columns.list IS NOT NULL
