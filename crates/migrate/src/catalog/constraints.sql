-- Constraints of tables. Those of domains stand with their types, constraint triggers with the triggers.
SELECT
    'constraint' AS kind,
    n.nspname || '.' || c.relname AS relation,
    c.oid::regclass::text || ' ' || pg_catalog.quote_ident(k.conname) AS name,
    pg_catalog.concat_ws(
        ' ',
        pg_catalog.pg_get_constraintdef(k.oid),
        CASE WHEN k.coninhcount > 0 THEN 'INHERITED ' || k.coninhcount END,
        CASE WHEN k.coninhcount > 0 AND k.conislocal THEN 'LOCAL' END
    ) AS definition
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype <> 't'
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
            AND d.deptype = 'e'
    )
