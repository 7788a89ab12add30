-- Text search configurations and dictionaries: those that came with initdb are in pg_catalog.
SELECT
    'text search configuration' AS kind,
    NULL AS relation,
    c.oid::regconfig::text AS name,
    pg_catalog.concat_ws(
        ' ',
        'PARSER ' || (SELECT p.prsname FROM pg_catalog.pg_ts_parser AS p WHERE p.oid = c.cfgparser),
        (
            SELECT pg_catalog.string_agg(
                m.maptokentype || ':' || m.mapdict::regdictionary::text, ', ' ORDER BY m.maptokentype, m.mapseqno
            )
            FROM pg_catalog.pg_ts_config_map AS m WHERE m.mapcfg = c.oid
        ),
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.cfgowner))
    ) AS definition
FROM pg_catalog.pg_ts_config AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.cfgnamespace
WHERE n.nspname !~ '^pg_'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_ts_config'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
UNION ALL
SELECT
    'text search dictionary',
    NULL,
    t.oid::regdictionary::text,
    pg_catalog.concat_ws(
        ' ',
        'TEMPLATE ' || (SELECT p.tmplname FROM pg_catalog.pg_ts_template AS p WHERE p.oid = t.dicttemplate),
        t.dictinitoption,
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(t.dictowner))
    )
FROM pg_catalog.pg_ts_dict AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.dictnamespace
WHERE n.nspname !~ '^pg_'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_ts_dict'::regclass AND d.objid = t.oid AND d.deptype = 'e'
    )
