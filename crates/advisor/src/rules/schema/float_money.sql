SELECT
    'column' AS kind,
    identity AS object,
    format('%s is %s, which can''t hold a cent', identity, declared_type) AS title,
    jsonb_build_object('type', declared_type) AS evidence,
    format('ALTER TABLE %s ALTER COLUMN %I TYPE numeric;', table_identity, name) AS up,
    format('ALTER TABLE %s ALTER COLUMN %I TYPE %s;', table_identity, name, declared_type) AS down
FROM columns
WHERE type IN ('float4', 'float8')
    AND name ~* '(^|_)(price|amount|cost|fee|salary|wage|balance|subtotal|revenue|payment|charge|refund|budget)(_?(usd|eur|gbp|net|gross|total|paid|due))?$'
    AND name !~* '(relative|ratio|normali[sz]ed|percent|startup)'
ORDER BY 2
