SELECT relname::text AS table, format('SELECT %L AS table, to_jsonb(t)::text AS json FROM %I t', relname, relname) AS json
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
ORDER BY relname
