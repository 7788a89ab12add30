-- A table of the time before statements outside of a transaction has no columns for their progress.
ALTER TABLE {table}
    ADD COLUMN IF NOT EXISTS unfinished text CHECK (unfinished IN ('up', 'down')),
    ADD COLUMN IF NOT EXISTS statements_done integer,
    ADD COLUMN IF NOT EXISTS statement_begun boolean,
    ADD COLUMN IF NOT EXISTS done_checksum text;
COMMENT ON COLUMN {table}.unfinished IS 'The script, up or down, that was begun outside of one transaction and has not come to its end; NULL when none.';
COMMENT ON COLUMN {table}.statements_done IS 'How many statements of that script are done.';
COMMENT ON COLUMN {table}.statement_begun IS 'Whether the next one, which cannot run in a transaction, was begun.';
COMMENT ON COLUMN {table}.done_checksum IS 'SHA-256 in hexadecimal of the statements done, line endings made one.';
