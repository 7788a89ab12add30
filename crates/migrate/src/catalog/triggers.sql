-- Triggers, and the internal ones of constraints where they are not simply enabled.
SELECT
    'trigger' AS kind,
    n.nspname || '.' || c.relname AS relation,
    c.oid::regclass::text || ' ' || CASE
        WHEN t.tgisinternal THEN 'of constraint ' || pg_catalog.quote_ident(k.conname) || ' ' || t.tgtype
        ELSE pg_catalog.quote_ident(t.tgname)
    END AS name,
    pg_catalog.concat_ws(
        ' ',
        CASE WHEN NOT t.tgisinternal THEN pg_catalog.pg_get_triggerdef(t.oid) END,
        CASE t.tgenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END,
        CASE WHEN t.tgparentid <> 0 THEN 'INHERITED' END
    ) AS definition
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_constraint AS k ON k.oid = t.tgconstraint
WHERE (NOT t.tgisinternal OR t.tgenabled <> 'O')
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.deptype = 'e'
            AND (
                (d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0)
                OR (d.classid = 'pg_catalog.pg_trigger'::regclass AND d.objid = t.oid)
            )
    )
