-- Publications and what they publish. As JSON, because the columns differ between the versions of PostgreSQL; the names of the
-- published columns are sorted, so that the order of a table's columns does not show here.
SELECT
    'publication' AS kind,
    NULL AS relation,
    pg_catalog.quote_ident(p.pubname) AS name,
    'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(p.pubowner)) || ' '
        || (pg_catalog.to_jsonb(p) - 'oid' - 'pubowner' - 'pubname')::text AS definition
FROM pg_catalog.pg_publication AS p
UNION ALL
SELECT
    'publication',
    t.schemaname || '.' || t.tablename,
    pg_catalog.quote_ident(t.pubname) || ' of '
        || pg_catalog.quote_ident(t.schemaname) || '.' || pg_catalog.quote_ident(t.tablename),
    pg_catalog.concat_ws(
        ' ',
        (
            SELECT '(' || pg_catalog.string_agg(c.name, ', ' ORDER BY c.name) || ')'
            FROM pg_catalog.jsonb_array_elements_text(nullif(pg_catalog.to_jsonb(t) -> 'attnames', 'null')) AS c (name)
        ),
        'WHERE ' || (pg_catalog.to_jsonb(t) ->> 'rowfilter')
    )
FROM pg_catalog.pg_publication_tables AS t
