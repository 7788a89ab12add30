WITH candidate AS (
    SELECT
        index.indexrelid,
        index.indrelid,
        index.indexrelid::regclass::text AS identity,
        relation.relkind = 'I' AS is_partitioned,
        pg_relation_size(index.indexrelid) AS bytes,
        index.indnkeyatts AS keys,
        index.indisunique OR index.indisreplident OR index.indisclustered OR EXISTS (
            SELECT FROM pg_constraint AS of_index WHERE of_index.conindid = index.indexrelid
        ) AS is_needed,
        relation.relam,
        -- Each key, as a column or an expression, with its class and its collation.
        ARRAY(
            SELECT concat_ws('/', pg_get_indexdef(index.indexrelid, position, true), index.indclass[position - 1], index.indcollation[position - 1])
            FROM generate_series(1, index.indnkeyatts) AS position
            ORDER BY position
        ) AS key,
        (index.indoption::int2[])[0:index.indnkeyatts - 1] AS direction,
        (index.indkey::int2[]) AS columns,
        (index.indkey::int2[])[index.indnkeyatts:] AS included,
        coalesce(pg_get_expr(index.indpred, index.indrelid), '') AS predicate
    FROM pg_index AS index
    JOIN pg_class AS relation ON relation.oid = index.indexrelid
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    WHERE namespace.nspname = ANY ($1)
        AND NOT relation.relispartition
        AND index.indisvalid AND index.indisready
        AND relation.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')
        AND EXISTS (
            SELECT FROM pg_index AS other WHERE other.indrelid = index.indrelid AND other.indexrelid <> index.indexrelid
        )
        AND NOT EXISTS (
            SELECT FROM pg_depend AS dependency
            WHERE dependency.classid = 'pg_class'::regclass
                AND dependency.objid = index.indrelid
                AND dependency.deptype = 'e'
        )
),
covered AS (
    SELECT DISTINCT ON (short.indexrelid)
        short.*, long.indexrelid AS longer, long.identity AS longer_identity, long.bytes AS longer_bytes
    FROM candidate AS short
    JOIN candidate AS long ON long.indrelid = short.indrelid AND long.indexrelid <> short.indexrelid
    WHERE NOT short.is_needed
        AND long.key[1:short.keys] = short.key
        -- More keys, or as many and more beside them: what is the same is a duplicate, which another rule finds.
        AND (long.keys > short.keys OR (cardinality(long.included) > cardinality(short.included)))
        -- In the same order, or all the other way round.
        AND (
            long.direction[1:short.keys] = short.direction
            OR long.direction[1:short.keys] = ARRAY(SELECT (3 - d)::int2 FROM unnest(short.direction) AS d)
        )
        AND short.included <@ long.columns
        AND short.predicate = long.predicate
    -- The one that is covered by several is measured by the least of them.
    ORDER BY short.indexrelid, long.is_needed DESC, long.bytes, long.identity
)
SELECT
    'index' AS kind,
    identity AS object,
    format('%s is covered by %s, which begins with its keys', identity, longer_identity) AS title,
    format('The keys of %s are the first ones of %s, which serves the same searches.', identity, longer_identity) AS description,
    jsonb_build_object(
        'superfluous', pg_get_indexdef(indexrelid), 'kept', pg_get_indexdef(longer), 'bytes', bytes, 'kept_bytes', longer_bytes
    ) AS evidence,
    format('DROP INDEX %s%s;', CASE WHEN NOT is_partitioned THEN 'CONCURRENTLY ' END, identity) AS up,
    CASE
        WHEN is_partitioned THEN pg_get_indexdef(indexrelid)
        ELSE regexp_replace(pg_get_indexdef(indexrelid), '^CREATE INDEX ', '\&CONCURRENTLY ')
    END || ';' AS down
FROM covered
ORDER BY 2
