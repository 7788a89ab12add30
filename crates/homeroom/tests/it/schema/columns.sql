-- A domain is sent as the type that it is over.
SELECT relname::text AS "table", attname::text AS "column", format_type(CASE typtype WHEN 'd' THEN typbasetype ELSE atttypid END, atttypmod) AS sql_type,
    NOT attnotnull AS nullable
FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
JOIN pg_type ON pg_type.oid = atttypid
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'homeroom_migrations'
ORDER BY relname, attnum
