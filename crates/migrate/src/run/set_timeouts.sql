SELECT
    CASE WHEN $1 IS NOT NULL THEN pg_catalog.set_config('lock_timeout', $1, false) END,
    CASE WHEN $2 IS NOT NULL THEN pg_catalog.set_config('statement_timeout', $2, false) END
