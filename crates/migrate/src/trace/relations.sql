-- Every relation of the user's: what it is, its name, its file, and of an index its table.
SELECT
    c.oid,
    c.relkind::text,
    pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
    pg_catalog.pg_relation_filenode(c.oid),
    (
        SELECT pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(t.relname)
        FROM pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
        JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
        WHERE i.indexrelid = c.oid
    )
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I', 'v', 'S', 'f')
    AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
