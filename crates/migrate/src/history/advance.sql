UPDATE {table}
SET statements_done = $2, statement_begun = $3, done_checksum = $4
WHERE version = $1
