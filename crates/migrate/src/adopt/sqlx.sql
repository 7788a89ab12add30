-- The execution time is in nanoseconds, or -1.
SELECT version::text, installed_on, success, GREATEST(execution_time, 0) / 1000000
FROM _sqlx_migrations
ORDER BY version
