SELECT version, name, up_checksum, down_checksum, applied_by, applied_at, duration_ms, tool_version, {progress}
FROM {table}
ORDER BY version
