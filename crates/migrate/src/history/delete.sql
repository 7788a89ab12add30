DELETE FROM {table} WHERE version = $1::bigint AND {is_ours}
