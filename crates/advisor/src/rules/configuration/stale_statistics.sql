WITH analyzed AS (
    SELECT
        relation.oid,
        relation.relkind,
        relation.reltuples,
        statistics.n_live_tup,
        statistics.n_mod_since_analyze AS changed,
        greatest(statistics.last_analyze, statistics.last_autoanalyze) AS last_analyze,
        current_setting('autovacuum_analyze_threshold')::numeric
            + current_setting('autovacuum_analyze_scale_factor')::numeric * greatest(relation.reltuples, 0)::numeric AS begins_at,
        CASE relation.relkind
            WHEN 'p' THEN (
                SELECT sum(pg_table_size(tree.relid)) FROM pg_partition_tree(relation.oid) AS tree WHERE tree.isleaf
            )
            ELSE pg_table_size(relation.oid)
        END AS bytes
    FROM pg_class AS relation
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    LEFT JOIN pg_stat_all_tables AS statistics ON statistics.relid = relation.oid
    WHERE namespace.nspname = ANY ($1)
        AND relation.relkind IN ('r', 'p', 'm')
        AND NOT EXISTS (
            SELECT FROM pg_depend AS dependency
            WHERE dependency.classid = 'pg_class'::regclass
                AND dependency.objid = relation.oid
                AND dependency.deptype = 'e'
        )
)
SELECT
    'table' AS kind,
    oid::regclass::text AS object,
    CASE
        WHEN reltuples < 0 THEN format('%s was never analysed', oid::regclass)
        ELSE format('%s has changed by %s rows since it was analysed', oid::regclass, changed)
    END AS title,
    CASE
        WHEN relkind = 'p' THEN 'Autovacuum analyses the partitions and never the partitioned table, whose statistics the planner needs for queries of several partitions.'
        WHEN reltuples < 0 THEN format('The planner knows nothing of its %s, and guesses.', pg_size_pretty(bytes))
        ELSE format(
            'Autovacuum should have analysed it at %s changed rows; the last time was %s.',
            round(begins_at), coalesce(last_analyze::date::text, 'never')
        )
    END AS description,
    format('Run ANALYZE %s%s', oid::regclass, CASE relkind WHEN 'p' THEN ' from time to time, as by a job' ELSE '' END) AS mitigation,
    jsonb_build_object(
        'rows_when_analyzed', nullif(reltuples, -1),
        'changed_since', changed,
        'last_analyze', last_analyze,
        'bytes', bytes
    ) AS evidence
FROM analyzed
WHERE bytes >= 8 * 1024 * 1024
    AND (
        reltuples < 0
        OR (relkind <> 'p' AND changed >= 10000 AND changed > 3 * begins_at)
    )
ORDER BY oid::regclass::text
