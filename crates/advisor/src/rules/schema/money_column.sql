SELECT
    'column' AS kind,
    identity AS object,
    format('%s is money', identity) AS title,
    jsonb_build_object('type', declared_type) AS evidence,
    format('ALTER TABLE %s ALTER COLUMN %I TYPE numeric USING %I::numeric;', table_identity, name, name) AS up,
    format('ALTER TABLE %s ALTER COLUMN %I TYPE money USING %I::money;', table_identity, name, name) AS down
FROM columns
WHERE type = 'money'
ORDER BY 2
