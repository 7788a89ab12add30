-- $2: for how many seconds statistics must have been gathered.
WITH gathered AS (
    -- A crash clears them as well, and leaves no trace but the time of the start.
    SELECT extract(epoch FROM now() - greatest(stats_reset, pg_postmaster_start_time())) AS seconds
    FROM pg_stat_database
    WHERE datname = current_database()
)
SELECT
    'index' AS kind,
    usage.indexrelid::regclass::text AS object,
    format('%s was not used in %s days', usage.indexrelid::regclass, floor(gathered.seconds / 86400)) AS title,
    format(
        'No query has used %s (%s) since statistics are gathered on this server, while %s was changed %s times.',
        usage.indexrelid::regclass, pg_size_pretty(pg_relation_size(usage.indexrelid)), usage.relid::regclass,
        activity.n_tup_ins + activity.n_tup_upd + activity.n_tup_del
    ) AS description,
    jsonb_build_object(
        'index', pg_get_indexdef(usage.indexrelid), 'scans', usage.idx_scan, 'bytes', pg_relation_size(usage.indexrelid),
        'days_of_statistics', floor(gathered.seconds / 86400),
        'changes_of_table', activity.n_tup_ins + activity.n_tup_upd + activity.n_tup_del,
        'reads_of_table', activity.seq_scan + coalesce(activity.idx_scan, 0)
    ) AS evidence,
    format('DROP INDEX CONCURRENTLY %s;', usage.indexrelid::regclass) AS up,
    regexp_replace(pg_get_indexdef(usage.indexrelid), '^CREATE INDEX ', '\&CONCURRENTLY ') || ';' AS down
FROM pg_stat_user_indexes AS usage
CROSS JOIN gathered
JOIN pg_index AS index ON index.indexrelid = usage.indexrelid
JOIN pg_class AS relation ON relation.oid = usage.indexrelid
JOIN pg_stat_user_tables AS activity ON activity.relid = usage.relid
WHERE gathered.seconds >= $2::float8
    AND usage.schemaname = ANY ($1)
    AND usage.idx_scan = 0
    AND index.indisvalid AND NOT index.indisunique AND NOT index.indisreplident AND NOT index.indisclustered
    AND NOT relation.relispartition
    AND NOT EXISTS (SELECT FROM pg_constraint AS of_index WHERE of_index.conindid = usage.indexrelid)
    -- The one that a foreign key needs is used when the other side is deleted, be it once in ten years.
    AND NOT EXISTS (
        SELECT FROM pg_constraint AS key
        WHERE key.conrelid = usage.relid AND key.contype = 'f' AND index.indkey[0] = ANY (key.conkey)
    )
    -- Of a table that somebody reads and writes, and of a size that counts.
    AND activity.seq_scan + coalesce(activity.idx_scan, 0) > 0
    AND activity.n_tup_ins + activity.n_tup_upd + activity.n_tup_del > 0
    AND pg_relation_size(usage.indexrelid) >= 1048576
    AND NOT EXISTS (
        SELECT FROM pg_depend AS dependency
        WHERE dependency.classid = 'pg_class'::regclass AND dependency.objid = usage.relid AND dependency.deptype = 'e'
    )
ORDER BY 2
