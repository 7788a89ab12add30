-- A line for a schema: where one column is so, most are.
SELECT
    'schema' AS kind,
    quote_ident(schema) AS object,
    CASE
        WHEN count(*) = 1 THEN format('%s is varchar with a limit', min(identity))
        ELSE format('%s columns are varchar with a limit, such as %s', count(*), min(identity))
    END AS title,
    format(
        'Columns of schema %s have a limit in their type: %s.',
        quote_ident(schema), string_agg(identity || ' ' || declared_type, ', ' ORDER BY identity)
    ) AS description,
    jsonb_build_object('columns', jsonb_agg(identity || ' ' || declared_type ORDER BY identity)) AS evidence
FROM columns
WHERE type = 'varchar' AND typmod > 0 AND NOT is_domain
GROUP BY schema
ORDER BY 2
