-- Casts, operators and operator classes: those that came with initdb are below 16384.
SELECT
    'cast' AS kind,
    NULL AS relation,
    pg_catalog.format_type(k.castsource, NULL) || ' to ' || pg_catalog.format_type(k.casttarget, NULL) AS name,
    pg_catalog.concat_ws(
        ' ', 'USING ' || nullif(k.castfunc, 0)::regprocedure::text, k.castcontext::text, k.castmethod::text
    ) AS definition
FROM pg_catalog.pg_cast AS k
WHERE k.oid >= 16384
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_cast'::regclass AND d.objid = k.oid AND d.deptype = 'e'
    )
UNION ALL
SELECT
    'operator',
    NULL,
    o.oid::regoperator::text,
    pg_catalog.concat_ws(
        ' ',
        'FUNCTION ' || nullif(o.oprcode::oid, 0)::regprocedure::text,
        'COMMUTATOR ' || nullif(o.oprcom, 0)::regoperator::text,
        'NEGATOR ' || nullif(o.oprnegate, 0)::regoperator::text,
        'RESTRICT ' || nullif(o.oprrest::oid, 0)::regprocedure::text,
        'JOIN ' || nullif(o.oprjoin::oid, 0)::regprocedure::text,
        CASE WHEN o.oprcanhash THEN 'HASHES' END,
        CASE WHEN o.oprcanmerge THEN 'MERGES' END,
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(o.oprowner))
    )
FROM pg_catalog.pg_operator AS o
WHERE o.oid >= 16384
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e'
    )
UNION ALL
SELECT
    'operator class',
    NULL,
    pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.opcname) || ' using ' || m.amname,
    pg_catalog.concat_ws(
        ' ',
        CASE WHEN c.opcdefault THEN 'DEFAULT' END,
        'FOR TYPE ' || pg_catalog.format_type(c.opcintype, NULL),
        'STORAGE ' || pg_catalog.format_type(nullif(c.opckeytype, 0), NULL),
        (
            SELECT pg_catalog.string_agg(
                'OPERATOR ' || a.amopstrategy || ' ' || a.amopopr::regoperator::text,
                ', ' ORDER BY a.amopstrategy, a.amopopr::regoperator::text
            )
            FROM pg_catalog.pg_amop AS a WHERE a.amopfamily = c.opcfamily
        ),
        (
            SELECT pg_catalog.string_agg(
                'FUNCTION ' || a.amprocnum || ' ' || a.amproc::oid::regprocedure::text,
                ', ' ORDER BY a.amprocnum, a.amproc::oid::regprocedure::text
            )
            FROM pg_catalog.pg_amproc AS a WHERE a.amprocfamily = c.opcfamily
        ),
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.opcowner))
    )
FROM pg_catalog.pg_opclass AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.opcnamespace
JOIN pg_catalog.pg_am AS m ON m.oid = c.opcmethod
WHERE c.oid >= 16384
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_opclass'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
