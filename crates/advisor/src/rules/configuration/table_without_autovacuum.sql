SELECT
    'table' AS kind,
    relation.oid::regclass::text AS object,
    format('autovacuum leaves %s alone', relation.oid::regclass) AS title,
    format('%s was made or changed with autovacuum_enabled = %s.', relation.oid::regclass, split_part(option, '=', 2)) AS description,
    jsonb_build_object(
        'options', relation.reloptions,
        'live_rows', statistics.n_live_tup,
        'dead_rows', statistics.n_dead_tup,
        'last_vacuum', statistics.last_vacuum,
        'last_analyze', statistics.last_analyze
    ) AS evidence,
    format('ALTER TABLE %s RESET (autovacuum_enabled);', relation.oid::regclass) AS up,
    format('ALTER TABLE %s SET (%s);', relation.oid::regclass, replace(option, '=', ' = ')) AS down
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
CROSS JOIN unnest(relation.reloptions) AS option
LEFT JOIN pg_stat_all_tables AS statistics ON statistics.relid = relation.oid
WHERE namespace.nspname = ANY ($1)
    AND relation.relkind IN ('r', 'm')
    AND option ~* '^autovacuum_enabled=(false|off|no|0|f)'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS dependency
        WHERE dependency.classid = 'pg_class'::regclass
            AND dependency.objid = relation.oid
            AND dependency.deptype = 'e'
    )
ORDER BY relation.oid::regclass::text
