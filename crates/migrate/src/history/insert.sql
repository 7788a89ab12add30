INSERT INTO {table} (
    version, name, up_checksum, down_checksum, down_sql,
    applied_by, applied_at, duration_ms, tool_version
)
SELECT
    $1::bigint, $2::text, $3::text, $4::text, $5::text, session_user, pg_catalog.clock_timestamp(),
    GREATEST(0, 1000 * pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp())),
    $6::text
WHERE {is_ours}
