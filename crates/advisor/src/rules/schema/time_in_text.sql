SELECT
    'column' AS kind,
    identity AS object,
    format('%s is a time in %s', identity, declared_type) AS title,
    jsonb_build_object('type', declared_type) AS evidence
FROM columns
WHERE type IN ('text', 'varchar', 'bpchar')
    AND (
        name ~* '^(created|updated|modified|deleted|started|ended|finished|completed|expires?|expired|published|sent|received|approved|archived|scheduled|last_(login|seen|activity))_(at|on|time|date|timestamp)$'
        -- What was done at a time, not at a place.
        OR name ~* '^(.*_)?[a-z]+(ed|ired)_at$' AND name !~* '(locat|bas|situat|plac|stor|point|direct)ed_at$'
    )
ORDER BY 2
