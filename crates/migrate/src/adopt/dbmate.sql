SELECT version::text, NULL::timestamptz, true, 0::bigint
FROM schema_migrations
ORDER BY 1
