-- Every column with what its data hangs on: the table's OID and its own number.
SELECT c.oid::regclass::text, pg_catalog.quote_ident(a.attname), c.oid, a.attnum
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE a.attnum > 0
    AND NOT a.attisdropped
    AND a.attgenerated = ''
    AND c.relkind IN ('r', 'p')
    AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
