SELECT
    'column' AS kind,
    identity AS object,
    format('%s is a time in %s', identity, declared_type) AS title,
    jsonb_build_object('type', declared_type) AS evidence
FROM columns
WHERE type IN ('text', 'varchar', 'bpchar')
    AND name ~* '^(created|updated|modified|deleted|started|ended|finished|completed|expires?|expired|published|sent|received|approved|archived|scheduled|last_(login|seen|activity))_(at|on|time|date|timestamp)$'
ORDER BY 2
