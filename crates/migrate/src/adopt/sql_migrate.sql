SELECT id::text, applied_at, true, 0::bigint
FROM gorp_migrations
ORDER BY 1
