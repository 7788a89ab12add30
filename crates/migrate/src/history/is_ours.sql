1 / (
    pg_catalog.current_setting('homeroom_migrate.running', true) IS NOT DISTINCT FROM $1::text
    AND pg_catalog.pg_try_advisory_xact_lock({high}, {low})
)::integer = 1