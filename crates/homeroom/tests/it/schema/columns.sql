SELECT relname::text AS "table", attname::text AS "column", format_type(atttypid, atttypmod) AS sql_type,
    NOT attnotnull AS nullable
FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'homeroom_migrations'
ORDER BY relname, attnum
