WITH vacuumed AS (
    SELECT
        statistics.*,
        relation.oid,
        coalesce(
            (SELECT split_part(option, '=', 2)::numeric FROM unnest(relation.reloptions) AS option WHERE option LIKE 'autovacuum_vacuum_threshold=%'),
            current_setting('autovacuum_vacuum_threshold')::numeric
        ) + coalesce(
            (SELECT split_part(option, '=', 2)::numeric FROM unnest(relation.reloptions) AS option WHERE option LIKE 'autovacuum_vacuum_scale_factor=%'),
            current_setting('autovacuum_vacuum_scale_factor')::numeric
        ) * greatest(relation.reltuples, 0)::numeric AS begins_at
    FROM pg_stat_all_tables AS statistics
    JOIN pg_class AS relation ON relation.oid = statistics.relid
    WHERE statistics.schemaname = ANY ($1)
)
SELECT
    'table' AS kind,
    oid::regclass::text AS object,
    format('%s has %s dead rows beside %s live ones', oid::regclass, n_dead_tup, n_live_tup) AS title,
    format(
        'Autovacuum should have begun at %s dead rows. The last vacuum was %s, the last autovacuum %s.',
        round(begins_at),
        coalesce(last_vacuum::date::text, 'never'), coalesce(last_autovacuum::date::text, 'never')
    ) AS description,
    jsonb_build_object(
        'live_rows', n_live_tup,
        'dead_rows', n_dead_tup,
        'autovacuum_begins_at', round(begins_at),
        'last_vacuum', last_vacuum,
        'last_autovacuum', last_autovacuum,
        'bytes', pg_table_size(oid)
    ) AS evidence
FROM vacuumed
-- Twice what autovacuum waits for, a quarter of the table, and not a small one.
WHERE n_dead_tup >= 10000
    AND n_dead_tup > 2 * begins_at
    AND n_dead_tup > 0.25 * n_live_tup
ORDER BY n_dead_tup DESC, oid::regclass::text
