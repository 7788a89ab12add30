SELECT version::text, run_on AT TIME ZONE 'UTC', true, 0::bigint
FROM __diesel_schema_migrations
ORDER BY 1
