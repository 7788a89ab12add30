-- Indexes, those of constraints too.
SELECT
    'index' AS kind,
    n.nspname || '.' || c.relname AS relation,
    x.oid::regclass::text AS name,
    pg_catalog.concat_ws(
        ' ',
        pg_catalog.pg_get_indexdef(x.oid),
        'TABLESPACE ' || (SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = x.reltablespace),
        'PARTITION OF ' || (
            SELECT h.inhparent::regclass::text FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = x.oid
        ),
        'STATISTICS ' || (
            SELECT pg_catalog.string_agg(a.attnum || '=' || a.attstattarget, ',' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = x.oid AND a.attstattarget >= 0
        ),
        CASE WHEN NOT i.indisvalid THEN 'INVALID' END,
        CASE WHEN NOT i.indisready THEN 'NOT READY' END,
        CASE WHEN i.indisclustered THEN 'CLUSTERED' END,
        CASE WHEN i.indisreplident THEN 'REPLICA IDENTITY' END
    ) AS definition
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid IN (c.oid, x.oid) AND d.objsubid = 0
            AND d.deptype = 'e'
    )
