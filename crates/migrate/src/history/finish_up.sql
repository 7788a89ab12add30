UPDATE {table}
SET unfinished = NULL, statements_done = NULL, statement_begun = NULL, done_checksum = NULL,
    applied_at = pg_catalog.clock_timestamp(), duration_ms = duration_ms + $2
WHERE version = $1
