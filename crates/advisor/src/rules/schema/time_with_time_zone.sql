SELECT
    'column' AS kind,
    identity AS object,
    format('%s is a time of day with a time zone', identity) AS title,
    jsonb_build_object('type', declared_type) AS evidence
FROM columns
WHERE type = 'timetz'
ORDER BY 2
