-- Every schema; public as well, which a migration may drop.
SELECT
    'schema' AS kind,
    NULL AS relation,
    pg_catalog.quote_ident(n.nspname) AS name,
    'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(n.nspowner)) AS definition
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'
    )
