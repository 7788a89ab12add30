-- Sequences, without the value that they have reached: that is data.
SELECT
    'sequence' AS kind,
    n.nspname || '.' || coalesce(o.relname, c.relname) AS relation,
    c.oid::regclass::text AS name,
    pg_catalog.concat_ws(
        ' ',
        CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END,
        'AS ' || pg_catalog.format_type(s.seqtypid, NULL),
        'INCREMENT ' || s.seqincrement,
        'MINVALUE ' || s.seqmin,
        'MAXVALUE ' || s.seqmax,
        'START ' || s.seqstart,
        'CACHE ' || s.seqcache,
        CASE WHEN s.seqcycle THEN 'CYCLE' END,
        CASE o.deptype WHEN 'i' THEN 'IDENTITY OF ' ELSE 'OWNED BY ' END || o.owner,
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner))
    ) AS definition
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (
    SELECT
        r.relname,
        d.deptype,
        r.oid::regclass::text || '.' || pg_catalog.quote_ident(a.attname) AS owner
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_class AS r ON r.oid = d.refobjid
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_catalog.pg_class'::regclass
        AND d.objid = c.oid
        AND d.refclassid = 'pg_catalog.pg_class'::regclass
        AND d.refobjsubid > 0
        AND d.deptype IN ('a', 'i')
) AS o ON true
WHERE n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
            AND d.deptype = 'e'
    )
