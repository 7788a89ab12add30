UPDATE {table}
SET unfinished = 'down', statements_done = 0, statement_begun = false, done_checksum = ''
WHERE version = $1 AND unfinished IS DISTINCT FROM 'down'
