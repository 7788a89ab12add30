SELECT version::text, NULL::timestamptz, NOT dirty, 0::bigint
FROM schema_migrations
