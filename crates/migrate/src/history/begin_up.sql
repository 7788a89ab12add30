INSERT INTO {table} (
    version, name, up_checksum, down_checksum, down_sql,
    applied_by, applied_at, duration_ms, tool_version,
    unfinished, statements_done, statement_begun, done_checksum
)
VALUES ($1, $2, $3, $4, $5, session_user, pg_catalog.clock_timestamp(), 0, $6, 'up', 0, false, '')
ON CONFLICT (version) DO UPDATE
SET name = excluded.name, up_checksum = excluded.up_checksum, down_checksum = excluded.down_checksum,
    down_sql = excluded.down_sql, applied_by = excluded.applied_by, applied_at = excluded.applied_at,
    tool_version = excluded.tool_version
