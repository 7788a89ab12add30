SELECT
    'column' AS kind,
    identity AS object,
    format('%s is money', identity) AS title,
    jsonb_build_object('type', declared_type) AS evidence
FROM columns
WHERE type = 'money'
ORDER BY 2
