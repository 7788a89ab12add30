-- Rewrite rules, but those that a view is.
SELECT
    'rule' AS kind,
    n.nspname || '.' || c.relname AS relation,
    c.oid::regclass::text || ' ' || pg_catalog.quote_ident(r.rulename) AS name,
    pg_catalog.concat_ws(
        ' ',
        pg_catalog.pg_get_ruledef(r.oid),
        CASE r.ev_enabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END
    ) AS definition
FROM pg_catalog.pg_rewrite AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN'
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid AND d.deptype = 'e'
    )
