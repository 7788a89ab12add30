SELECT
    CASE WHEN $1 IS NOT NULL THEN pg_catalog.set_config('lock_timeout', $1, true) END,
    CASE WHEN $2 IS NOT NULL THEN pg_catalog.set_config('statement_timeout', $2, true) END,
    pg_catalog.pg_try_advisory_xact_lock($3, $4)
