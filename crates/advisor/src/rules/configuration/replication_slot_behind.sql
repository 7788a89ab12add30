SELECT
    'setting' AS kind,
    format('replication slot %s', slot_name) AS object,
    format('the replication slot %s keeps %s of WAL for nobody', slot_name, coalesce(pg_size_pretty(bytes), 'more than the server still has')) AS title,
    format(
        'Nobody is connected to the %s slot %s, and the WAL that it holds back is %s.',
        slot_type, slot_name,
        CASE wal_status WHEN 'extended' THEN 'more than max_wal_size' WHEN 'unreserved' THEN 'about to be removed' ELSE 'lost' END
    ) AS description,
    jsonb_build_object(
        'slot', slot_name, 'type', slot_type, 'wal_status', wal_status, 'bytes', bytes,
        'max_slot_wal_keep_size', current_setting('max_slot_wal_keep_size')
    ) AS evidence,
    NULL::text AS up
FROM (
    SELECT
        slots.*,
        CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), slots.restart_lsn) END::bigint AS bytes
    FROM pg_replication_slots AS slots
) AS slots
WHERE NOT active AND wal_status IN ('extended', 'unreserved', 'lost')
ORDER BY slot_name
