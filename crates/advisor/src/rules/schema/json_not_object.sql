, documents AS (
    SELECT
        columns.*,
        EXISTS (
            SELECT FROM checks
            WHERE checks.table_oid = columns.table_oid AND checks.attnum = columns.attnum
                AND checks.definition ~* '(typeof|json)'
        ) AS is_checked
    FROM columns
    WHERE columns.type IN ('jsonb', 'json') AND NOT columns.is_generated
),
judged AS (
    SELECT
        *,
        -- An object is meant where an empty one is the default.
        value ~ '^''\{\s*\}''' OR value ~ 'json_?b?_build_object\(\)' AS is_meant,
        -- A quarter makes a custom, one does not.
        count(*) FILTER (WHERE is_checked) OVER (PARTITION BY schema) * 4 >= count(*) OVER (PARTITION BY schema) AS is_custom,
        format(
            E'ALTER TABLE %1$s ADD CONSTRAINT %2$I CHECK (%4$s(%3$I) = ''object'') NOT VALID;\nALTER TABLE %1$s VALIDATE CONSTRAINT %2$I;',
            table_identity, left(table_name || '_' || name, 50) || '_check', name, type || '_typeof'
        ) AS up,
        format('ALTER TABLE %s DROP CONSTRAINT %I;', table_identity, left(table_name || '_' || name, 50) || '_check') AS down
    FROM documents
)
SELECT
    'column' AS kind,
    identity AS object,
    format('%s may be a text, a number or an array', identity) AS title,
    format('%s is an empty object by default, and nothing keeps it an object, as checks do for other columns of the schema.', identity) AS description,
    jsonb_build_object('type', declared_type, 'default', value) AS evidence,
    up,
    down
FROM judged
WHERE NOT is_checked AND is_meant AND is_custom
UNION ALL
-- Where hardly any column is checked it is one thing to decide: one line for all.
SELECT
    'schema',
    quote_ident(schema),
    format(
        '%s may be a text, a number or an array',
        CASE WHEN count(*) <= 4 THEN string_agg(identity, ', ' ORDER BY identity) ELSE count(*) || ' columns such as ' || min(identity) END
    ),
    format('An empty object is the default of %s, and nothing keeps it an object.', string_agg(identity, ', ' ORDER BY identity)),
    jsonb_build_object('columns', jsonb_agg(identity ORDER BY identity)),
    string_agg(up, E'\n' ORDER BY identity),
    string_agg(down, E'\n' ORDER BY identity)
FROM judged
WHERE NOT is_checked AND is_meant AND NOT is_custom
GROUP BY schema
ORDER BY 1, 2
