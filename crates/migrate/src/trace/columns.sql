-- Every column that holds data of its own: table and number, names.
SELECT c.oid, a.attnum::integer, n.nspname, c.relname, a.attname
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE a.attnum > 0
    AND NOT a.attisdropped
    AND a.attgenerated = ''
    AND a.attinhcount = 0
    AND c.relkind IN ('r', 'p')
    AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
UNION ALL
-- A table may have no column; it is then known by itself, as number 0.
SELECT c.oid, 0, n.nspname, c.relname, NULL
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
    AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
