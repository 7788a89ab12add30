CREATE TABLE {table} (
    version bigint PRIMARY KEY CHECK (version >= 0),
    name text NOT NULL,
    up_checksum text NOT NULL,
    down_checksum text,
    down_sql text,
    applied_by text NOT NULL,
    applied_at timestamptz NOT NULL,
    duration_ms bigint NOT NULL,
    tool_version text NOT NULL,
    unfinished text CHECK (unfinished IN ('up', 'down')),
    statements_done integer,
    statement_begun boolean,
    done_checksum text
);
COMMENT ON TABLE {table} IS 'The migrations applied to this database, one row each, written in the transaction of the migration. Kept by homeroom-migrate: do not edit by hand.';
COMMENT ON COLUMN {table}.version IS 'The number of the migration; it gives the order.';
COMMENT ON COLUMN {table}.name IS 'What its files are named after the number.';
COMMENT ON COLUMN {table}.up_checksum IS 'SHA-256 in hexadecimal of the up file as it was applied, line endings made one.';
COMMENT ON COLUMN {table}.down_checksum IS 'SHA-256 in hexadecimal of the down file at that time, line endings made one.';
COMMENT ON COLUMN {table}.down_sql IS 'The down file itself, so that a program without the file can take the migration back.';
COMMENT ON COLUMN {table}.applied_by IS 'The role whose session applied it.';
COMMENT ON COLUMN {table}.applied_at IS 'When its transaction had run it, by the clock of the server.';
COMMENT ON COLUMN {table}.duration_ms IS 'How long its statements took, in milliseconds, waits for locks included.';
COMMENT ON COLUMN {table}.tool_version IS 'The program that applied it and its version.';
COMMENT ON COLUMN {table}.unfinished IS 'The script, up or down, that was begun outside of one transaction and has not come to its end; NULL when none.';
COMMENT ON COLUMN {table}.statements_done IS 'How many statements of that script are done.';
COMMENT ON COLUMN {table}.statement_begun IS 'Whether the next one, which cannot run in a transaction, was begun.';
COMMENT ON COLUMN {table}.done_checksum IS 'SHA-256 in hexadecimal of the statements done, line endings made one.';
