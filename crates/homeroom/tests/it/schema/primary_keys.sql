SELECT relname || ' (' || string_agg(attname, ', ' ORDER BY array_position(indkey::int2[], attnum)) || ')' AS line
FROM pg_index
JOIN pg_class ON pg_class.oid = indrelid
JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
WHERE indisprimary AND relnamespace = 'public'::regnamespace AND relname <> 'homeroom_migrations'
GROUP BY relname
ORDER BY relname
