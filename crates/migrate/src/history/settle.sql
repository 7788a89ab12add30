UPDATE {table}
SET unfinished = NULL, statements_done = NULL, statement_begun = NULL, done_checksum = NULL
WHERE version = $1 AND statements_done = 0 AND NOT statement_begun
