-- Functions, procedures, window functions and aggregates, in full.
SELECT
    CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind,
    NULL AS relation,
    p.oid::regprocedure::text AS name,
    pg_catalog.concat_ws(
        ' ',
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(p.proowner)),
        CASE
            WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid)
            ELSE (
                SELECT pg_catalog.concat_ws(
                    ' ',
                    'AGGREGATE (' || pg_catalog.pg_get_function_arguments(p.oid) || ')',
                    'RETURNS ' || pg_catalog.format_type(p.prorettype, NULL),
                    'PARALLEL ' || p.proparallel::text,
                    'KIND ' || g.aggkind::text || ' ' || g.aggnumdirectargs,
                    'SFUNC ' || nullif(g.aggtransfn, 0)::regprocedure::text,
                    'STYPE ' || pg_catalog.format_type(g.aggtranstype, NULL),
                    'SSPACE ' || g.aggtransspace,
                    'INITCOND ' || pg_catalog.quote_literal(g.agginitval),
                    'FINALFUNC ' || nullif(g.aggfinalfn, 0)::regprocedure::text,
                    g.aggfinalmodify::text || g.aggfinalextra::text,
                    'COMBINEFUNC ' || nullif(g.aggcombinefn, 0)::regprocedure::text,
                    'SERIALFUNC ' || nullif(g.aggserialfn, 0)::regprocedure::text,
                    'DESERIALFUNC ' || nullif(g.aggdeserialfn, 0)::regprocedure::text,
                    'MSFUNC ' || nullif(g.aggmtransfn, 0)::regprocedure::text,
                    'MINVFUNC ' || nullif(g.aggminvtransfn, 0)::regprocedure::text,
                    'MSTYPE ' || pg_catalog.format_type(nullif(g.aggmtranstype, 0), NULL),
                    'MINITCOND ' || pg_catalog.quote_literal(g.aggminitval),
                    'MFINALFUNC ' || nullif(g.aggmfinalfn, 0)::regprocedure::text,
                    'SORTOP ' || nullif(g.aggsortop, 0)::regoperator::text
                )
                FROM pg_catalog.pg_aggregate AS g
                WHERE g.aggfnoid = p.oid
            )
        END
    ) AS definition
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i')
    )
