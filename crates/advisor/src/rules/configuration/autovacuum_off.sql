SELECT
    'setting' AS kind,
    name::text AS object,
    format('%s is off, and with it autovacuum', name) AS title,
    format(
        '%s is off for the whole server%s.',
        name,
        CASE WHEN name = 'track_counts' THEN ', so autovacuum does not know which tables have changed' ELSE '' END
    ) AS description,
    jsonb_build_object('setting', name, 'source', source) AS evidence
FROM pg_settings
WHERE name IN ('autovacuum', 'track_counts')
    AND setting = 'off'
    -- A server that listens to its own user alone is a private one.
    AND NOT (
        current_setting('listen_addresses') = '' AND current_setting('unix_socket_permissions')::integer = 700
    )
ORDER BY name
