WITH candidate AS (
    SELECT
        index.indexrelid,
        index.indrelid,
        index.indexrelid::regclass::text AS identity,
        relation.relkind = 'I' AS is_partitioned,
        relation.relispartition AS is_partition,
        pg_relation_size(index.indexrelid) AS bytes,
        index.indisunique AS is_unique,
        -- Not there before PostgreSQL 15.
        index.indisunique AND coalesce((to_jsonb(index) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_are_equal,
        index.indimmediate AS is_immediate,
        index.indisreplident OR index.indisclustered OR EXISTS (
            SELECT FROM pg_constraint AS of_index
            WHERE of_index.conindid = index.indexrelid
        ) AS is_needed,
        -- All that decides what an index can be used for, but not what it forbids.
        concat_ws(
            '/',
            relation.relam,
            index.indisexclusion,
            index.indnkeyatts,
            index.indkey,
            index.indclass,
            index.indcollation,
            index.indoption,
            coalesce(pg_get_expr(index.indexprs, index.indrelid), '-'),
            coalesce(pg_get_expr(index.indpred, index.indrelid), '-')
        ) AS structure
    FROM pg_index AS index
    JOIN pg_class AS relation ON relation.oid = index.indexrelid
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    WHERE namespace.nspname = ANY ($1)
        AND index.indisvalid
        AND NOT EXISTS (
            SELECT FROM pg_depend AS dependency
            WHERE dependency.classid = 'pg_class'::regclass
                AND dependency.objid = index.indrelid
                AND dependency.deptype = 'e'
        )
),
ranked AS (
    SELECT
        *,
        row_number() OVER twins AS rank,
        first_value(identity) OVER twins AS kept,
        first_value(is_unique) OVER twins AS kept_is_unique,
        first_value(is_immediate) OVER twins AS kept_is_immediate
    FROM candidate
    WINDOW twins AS (
        PARTITION BY indrelid, structure
        ORDER BY nulls_are_equal DESC, is_unique DESC, is_needed DESC, identity
    )
)
SELECT
    'index' AS kind,
    identity AS object,
    format('%s does nothing that %s does not do', identity, kept) AS title,
    format(
        '%s and %s on %s have the same keys, operator classes, collations, order, included columns and predicate.',
        identity, kept, indrelid::regclass
    ) AS description,
    jsonb_build_object(
        'superfluous', pg_get_indexdef(indexrelid),
        'kept', (SELECT pg_get_indexdef(other.indexrelid) FROM candidate AS other WHERE other.identity = ranked.kept),
        'bytes', bytes
    ) AS evidence,
    format('DROP INDEX %s%s;', CASE WHEN NOT is_partitioned THEN 'CONCURRENTLY ' END, identity) AS up,
    CASE
        WHEN is_partitioned THEN pg_get_indexdef(indexrelid)
        ELSE regexp_replace(pg_get_indexdef(indexrelid), '^CREATE (UNIQUE )?INDEX ', '\&CONCURRENTLY ')
    END || ';' AS down
FROM ranked
WHERE rank > 1
    AND NOT is_needed
    AND NOT is_partition
    -- What is unique at once is more than what may be so at the commit only.
    AND (NOT is_unique OR (kept_is_unique AND (kept_is_immediate OR NOT is_immediate)))
ORDER BY identity
