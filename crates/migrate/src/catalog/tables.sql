-- Tables, partitioned and foreign ones too, without their columns: these stand alone.
SELECT
    'table' AS kind,
    n.nspname || '.' || c.relname AS relation,
    c.oid::regclass::text AS name,
    pg_catalog.concat_ws(
        ' ',
        CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END,
        CASE c.relkind WHEN 'f' THEN 'FOREIGN' END,
        'TABLE',
        'OF ' || pg_catalog.format_type(nullif(c.reloftype, 0), NULL),
        'PARTITION BY ' || CASE c.relkind WHEN 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
        CASE WHEN c.relispartition THEN 'PARTITION OF' ELSE 'INHERITS' END || ' ' || (
            SELECT pg_catalog.string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
            FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = c.oid
        ),
        pg_catalog.pg_get_expr(c.relpartbound, c.oid),
        'SERVER ' || (
            SELECT pg_catalog.concat_ws(' ', pg_catalog.quote_ident(s.srvname), f.ftoptions::text)
            FROM pg_catalog.pg_foreign_table AS f
            JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver
            WHERE f.ftrelid = c.oid
        ),
        'USING ' || (
            SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = c.relam AND m.amname <> 'heap'
        ),
        'WITH ' || c.reloptions::text,
        'TOAST ' || (SELECT t.reloptions::text FROM pg_catalog.pg_class AS t WHERE t.oid = c.reltoastrelid),
        'TABLESPACE ' || (SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace),
        CASE c.relreplident WHEN 'f' THEN 'REPLICA IDENTITY FULL' WHEN 'n' THEN 'REPLICA IDENTITY NOTHING' END,
        CASE WHEN c.relrowsecurity THEN 'ENABLE ROW LEVEL SECURITY' END,
        CASE WHEN c.relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END,
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner))
    ) AS definition
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f')
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
            AND d.deptype = 'e'
    )
