-- Collations. As JSON, because the columns differ between the versions of PostgreSQL.
SELECT
    'collation' AS kind,
    NULL AS relation,
    l.oid::regcollation::text AS name,
    'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(l.collowner)) || ' '
        || (pg_catalog.to_jsonb(l) - 'oid' - 'collname' - 'collnamespace' - 'collowner' - 'collversion')::text
        AS definition
FROM pg_catalog.pg_collation AS l
JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
WHERE n.nspname !~ '^pg_'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_collation'::regclass AND d.objid = l.oid AND d.deptype = 'e'
    )
