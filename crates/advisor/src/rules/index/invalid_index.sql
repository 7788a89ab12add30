SELECT
    'index' AS kind,
    index.indexrelid::regclass::text AS object,
    CASE
        WHEN relation.relkind = 'I' THEN format('%s is invalid: not every partition has its part', index.indexrelid::regclass)
        ELSE format('%s is invalid: its building was broken off', index.indexrelid::regclass)
    END AS title,
    CASE
        WHEN relation.relkind = 'I' THEN 'Each partition needs an index of this kind, attached to it, before it serves a query.'
        WHEN index.indisready THEN 'It serves no query, and every write keeps it up to date all the same.'
        ELSE 'It serves no query.'
    END AS description,
    jsonb_build_object(
        'index', pg_get_indexdef(index.indexrelid), 'written_at_each_change', index.indisready, 'bytes', pg_relation_size(index.indexrelid)
    ) AS evidence,
    CASE
        WHEN relation.relkind = 'I' THEN NULL
        -- What REINDEX CONCURRENTLY leaves behind has a valid original.
        WHEN relation.relname ~ '_cc(new|old)[0-9]*$' THEN format('DROP INDEX CONCURRENTLY %s;', index.indexrelid::regclass)
        ELSE format('REINDEX INDEX CONCURRENTLY %s;', index.indexrelid::regclass)
    END AS up
FROM pg_index AS index
JOIN pg_class AS relation ON relation.oid = index.indexrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE NOT index.indisvalid
    AND namespace.nspname = ANY ($1)
    -- The part of a partition is told with the whole.
    AND NOT relation.relispartition
    -- One that is being built is invalid until it is done, and its table is locked so.
    AND NOT EXISTS (
        SELECT FROM pg_locks AS held
        WHERE held.locktype = 'relation'
            AND held.relation = index.indrelid
            AND held.mode IN ('ShareUpdateExclusiveLock', 'ShareLock')
            AND held.granted
            AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
ORDER BY 2
