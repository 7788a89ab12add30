SELECT
    'column' AS kind,
    identity AS object,
    format('%s is json rather than jsonb', identity) AS title,
    jsonb_build_object('type', declared_type, 'default', value) AS evidence
FROM columns
WHERE type = 'json'
ORDER BY 2
