SELECT
    'column' AS kind,
    identity AS object,
    format('%s is a time of day with a time zone', identity) AS title,
    jsonb_build_object('type', declared_type) AS evidence,
    format('ALTER TABLE %s ALTER COLUMN %I TYPE time;', table_identity, name) AS up,
    format('ALTER TABLE %s ALTER COLUMN %I TYPE %s;', table_identity, name, declared_type) AS down
FROM columns
WHERE type = 'timetz'
ORDER BY 2
