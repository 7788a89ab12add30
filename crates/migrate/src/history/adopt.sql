INSERT INTO {table} (
    version, name, up_checksum, down_checksum, down_sql,
    applied_by, applied_at, duration_ms, tool_version
)
VALUES ($1, $2, $3, $4, $5, session_user, COALESCE($6, pg_catalog.clock_timestamp()), $7, $8)
ON CONFLICT (version) DO NOTHING
RETURNING version
