-- $1: how old statistics must be, in seconds.
SELECT
    'setting' AS kind,
    'shared_buffers' AS object,
    format(
        'only %s %% of the blocks that %I reads are found in the cache',
        round(100 * blks_hit::numeric / (blks_hit + blks_read), 1), datname
    ) AS title,
    format(
        'Since %s %s blocks were read, of which %s were not in shared_buffers (%s); the database has %s.',
        coalesce(stats_reset::date::text, 'the server began to count'),
        blks_hit + blks_read, blks_read,
        current_setting('shared_buffers'), pg_size_pretty(pg_database_size(datname))
    ) AS description,
    jsonb_build_object(
        'hit', blks_hit,
        'read', blks_read,
        'shared_buffers', current_setting('shared_buffers'),
        'database_bytes', pg_database_size(datname),
        'since', coalesce(stats_reset, pg_postmaster_start_time())
    ) AS evidence
FROM pg_stat_database
WHERE datname = current_database()
    -- 800 MB at least: with less traffic the first reads of each block weigh too much.
    AND blks_hit + blks_read >= 100000
    AND blks_hit < 0.9 * (blks_hit + blks_read)
    AND now() - coalesce(stats_reset, pg_postmaster_start_time()) >= make_interval(secs => $1::double precision)
