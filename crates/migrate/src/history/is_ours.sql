1 / (
    ({opened}::boolean OR pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL)
    AND pg_catalog.pg_try_advisory_xact_lock({high}, {low})
)::integer = 1