SELECT
    'column' AS kind,
    identity AS object,
    format('%s is a UUID in %s', identity, declared_type) AS title,
    jsonb_build_object('type', declared_type, 'default', value) AS evidence
FROM columns
WHERE type IN ('text', 'varchar', 'bpchar')
    AND name !~* '(secret|token|password|jwt|nonce)'
    AND (
        name ~* '^(uuid|guid)$|_(uuid|guid)$'
        OR (type IN ('varchar', 'bpchar') AND typmod = 40 AND name ~* '(^|_)id$')
        OR value ~* '(gen_random_uuid|uuid_generate_v[0-9]+|uuidv7)\(\)'
    )
ORDER BY 2
