SELECT
    'schema' AS kind,
    quote_ident(columns.schema) AS object,
    CASE
        WHEN count(*) = 1 THEN format('%s is serial', min(columns.identity))
        ELSE format('%s columns are serial, such as %s', count(*), min(columns.identity))
    END AS title,
    format(
        'Columns of schema %s take their value from a sequence by a default: %s.',
        quote_ident(columns.schema), string_agg(columns.identity, ', ' ORDER BY columns.identity)
    ) AS description,
    jsonb_build_object('columns', jsonb_agg(columns.identity ORDER BY columns.identity)) AS evidence
FROM columns
JOIN pg_depend AS owned
    ON owned.classid = 'pg_class'::regclass AND owned.refclassid = 'pg_class'::regclass
    AND owned.refobjid = columns.table_oid AND owned.refobjsubid = columns.attnum AND owned.deptype = 'a'
JOIN pg_class AS sequence ON sequence.oid = owned.objid AND sequence.relkind = 'S'
WHERE columns.value ~ '^nextval\('
GROUP BY columns.schema
ORDER BY 2
