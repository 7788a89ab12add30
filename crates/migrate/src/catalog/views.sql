-- Views and materialized views.
SELECT
    CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind,
    n.nspname || '.' || c.relname AS relation,
    c.oid::regclass::text AS name,
    pg_catalog.concat_ws(
        ' ',
        'WITH ' || c.reloptions::text,
        'TABLESPACE ' || (SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace),
        CASE WHEN NOT c.relispopulated THEN 'NOT POPULATED' END,
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)),
        'AS ' || pg_catalog.pg_get_viewdef(c.oid)
    ) AS definition
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm')
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
            AND d.deptype = 'e'
    )
