-- Extended statistics.
SELECT
    'statistics' AS kind,
    n.nspname || '.' || c.relname AS relation,
    pg_catalog.quote_ident(m.nspname) || '.' || pg_catalog.quote_ident(s.stxname) AS name,
    pg_catalog.concat_ws(
        ' ',
        pg_catalog.pg_get_statisticsobjdef(s.oid),
        -- NULL since PostgreSQL 17, -1 before: both mean the default.
        'STATISTICS ' || nullif(s.stxstattarget, -1),
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(s.stxowner))
    ) AS definition
FROM pg_catalog.pg_statistic_ext AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.stxrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_namespace AS m ON m.oid = s.stxnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
