UPDATE {table}
SET name = $2, up_checksum = $3, down_checksum = $4, down_sql = $5
WHERE version = $1
