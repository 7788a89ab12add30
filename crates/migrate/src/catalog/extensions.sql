-- Extensions; what belongs to them is left out everywhere.
SELECT
    'extension' AS kind,
    NULL AS relation,
    pg_catalog.quote_ident(e.extname) AS name,
    'VERSION ' || pg_catalog.quote_literal(e.extversion)
        || ' SCHEMA ' || pg_catalog.quote_ident(n.nspname)
        || ' OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(e.extowner)) AS definition
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
