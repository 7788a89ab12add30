SELECT
    'column' AS kind,
    identity AS object,
    format('%s is json rather than jsonb', identity) AS title,
    jsonb_build_object('type', declared_type, 'default', value) AS evidence,
    format('ALTER TABLE %s ALTER COLUMN %I TYPE jsonb USING %I::jsonb;', table_identity, name, name) AS up,
    format('ALTER TABLE %s ALTER COLUMN %I TYPE json USING %I::json;', table_identity, name, name) AS down
FROM columns
WHERE type = 'json'
ORDER BY 2
