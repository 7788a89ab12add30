-- $1 is the table as the statement writes it, $2 the name of the index or NULL.
SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(x.relname), i.indisvalid
FROM pg_catalog.pg_class AS t
JOIN pg_catalog.pg_index AS i ON i.indrelid = t.oid
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = x.relnamespace
WHERE t.oid = pg_catalog.to_regclass($1)
    AND CASE
        WHEN $2 IS NOT NULL THEN x.relname = $2
        ELSE NOT i.indisvalid
            AND x.relname ~ '_idx[0-9]*$'
            AND pg_catalog.starts_with(x.relname::text, pg_catalog."left"(t.relname::text, 20))
    END
