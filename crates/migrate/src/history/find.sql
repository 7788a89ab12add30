SELECT
    pg_catalog.current_setting('server_version_num')::integer,
    pg_catalog.current_schema()::text,
    n.nspname::text,
    EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attname = 'unfinished' AND NOT a.attisdropped
    )
FROM (VALUES (1)) AS one (n)
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = pg_catalog.to_regclass($1)
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
