-- Comments. An object below 16384 came with initdb: of those, a migration comments on the schema public at most.
SELECT
    'comment' AS kind,
    n.nspname || '.' || coalesce(t.relname, c.relname) AS relation,
    i.type || ' ' || i.identity AS name,
    pg_catalog.quote_literal(d.description) AS definition
FROM pg_catalog.pg_description AS d
LEFT JOIN pg_catalog.pg_class AS c
    ON c.oid = d.objoid AND d.classoid = 'pg_catalog.pg_class'::regclass
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) AS i
WHERE (
        d.objoid >= 16384
        OR (d.classoid = 'pg_catalog.pg_namespace'::regclass AND d.objoid = pg_catalog.to_regnamespace('public'))
    )
    AND (n.nspname IS NULL OR n.nspname !~ '^pg_')
    AND d.classoid <> 'pg_catalog.pg_extension'::regclass
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS p
        WHERE p.classid = d.classoid AND p.objid = d.objoid AND p.objsubid = 0 AND p.deptype = 'e'
    )
UNION ALL
SELECT 'comment', NULL, 'database', pg_catalog.quote_literal(s.description)
FROM pg_catalog.pg_shdescription AS s
JOIN pg_catalog.pg_database AS b ON b.oid = s.objoid AND b.datname = pg_catalog.current_database()
WHERE s.classoid = 'pg_catalog.pg_database'::regclass
