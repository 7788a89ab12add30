-- Foreign data wrappers and servers. User mappings are left out: their options hold passwords.
SELECT
    'foreign data wrapper' AS kind,
    NULL AS relation,
    pg_catalog.quote_ident(w.fdwname) AS name,
    pg_catalog.concat_ws(
        ' ',
        'HANDLER ' || nullif(w.fdwhandler, 0)::regprocedure::text,
        'VALIDATOR ' || nullif(w.fdwvalidator, 0)::regprocedure::text,
        'OPTIONS ' || w.fdwoptions::text,
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(w.fdwowner))
    ) AS definition
FROM pg_catalog.pg_foreign_data_wrapper AS w
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    WHERE d.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass AND d.objid = w.oid AND d.deptype = 'e'
)
UNION ALL
SELECT
    'foreign server',
    NULL,
    pg_catalog.quote_ident(s.srvname),
    pg_catalog.concat_ws(
        ' ',
        'WRAPPER ' || pg_catalog.quote_ident(w.fdwname),
        'TYPE ' || pg_catalog.quote_literal(s.srvtype),
        'VERSION ' || pg_catalog.quote_literal(s.srvversion),
        'OPTIONS ' || s.srvoptions::text,
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(s.srvowner))
    )
FROM pg_catalog.pg_foreign_server AS s
JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
