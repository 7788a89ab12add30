-- A line for a schema: where one column is so, others are.
SELECT
    'schema' AS kind,
    quote_ident(schema) AS object,
    CASE
        WHEN count(*) = 1 THEN format('%s is char, which pads with spaces', min(identity))
        ELSE format('%s columns are char, which pads with spaces, such as %s', count(*), min(identity))
    END AS title,
    format(
        'Columns of schema %s have the type char: %s.', quote_ident(schema), string_agg(identity || ' ' || declared_type, ', ' ORDER BY identity)
    ) AS description,
    jsonb_build_object('columns', jsonb_agg(identity || ' ' || declared_type ORDER BY identity)) AS evidence
FROM columns
-- One character is never padded, and what is checked has its length.
WHERE type = 'bpchar' AND typmod - 4 > 1
    AND NOT EXISTS (SELECT FROM checks WHERE checks.table_oid = columns.table_oid AND checks.attnum = columns.attnum)
GROUP BY schema
ORDER BY 2
