-- Event triggers.
SELECT
    'event trigger' AS kind,
    NULL AS relation,
    pg_catalog.quote_ident(t.evtname) AS name,
    pg_catalog.concat_ws(
        ' ',
        'ON ' || t.evtevent::text,
        'WHEN TAG IN ' || t.evttags::text,
        'EXECUTE ' || t.evtfoid::regprocedure::text,
        CASE t.evtenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END,
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(t.evtowner))
    ) AS definition
FROM pg_catalog.pg_event_trigger AS t
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    WHERE d.classid = 'pg_catalog.pg_event_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'e'
)
