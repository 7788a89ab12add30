INSERT INTO {table} (
    version, name, up_checksum, down_checksum, down_sql,
    applied_by, applied_at, duration_ms, tool_version
)
VALUES ($1, $2, $3, $4, $5, session_user, pg_catalog.clock_timestamp(), $6, $7)
