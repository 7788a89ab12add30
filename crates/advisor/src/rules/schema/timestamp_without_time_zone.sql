, times AS (
    SELECT
        *,
        -- Where few are so they are slips, and told one by one.
        count(*) FILTER (WHERE type = 'timestamp') OVER (PARTITION BY schema) * 4 <= count(*) OVER (PARTITION BY schema) AS is_slip
    FROM columns
    WHERE type IN ('timestamp', 'timestamptz')
)
SELECT
    'column' AS kind,
    identity AS object,
    format('%s is a time without a time zone, unlike most of its schema', identity) AS title,
    NULL AS description,
    'Medium' AS priority,
    jsonb_build_object('type', declared_type, 'default', value) AS evidence,
    -- If what is there is in UTC, as it mostly is.
    format('ALTER TABLE %1$s ALTER COLUMN %2$I TYPE timestamptz USING %2$I AT TIME ZONE ''UTC'';', table_identity, name) AS up,
    format('ALTER TABLE %1$s ALTER COLUMN %2$I TYPE %3$s USING %2$I AT TIME ZONE ''UTC'';', table_identity, name, declared_type) AS down
FROM times
WHERE type = 'timestamp' AND is_slip
UNION ALL
SELECT
    'schema',
    quote_ident(schema),
    CASE
        WHEN count(*) = 1 THEN format('%s is a time without a time zone', min(identity))
        ELSE format('%s columns are times without a time zone, such as %s', count(*), min(identity))
    END,
    format('%s columns in %s tables of schema %s are timestamps without a time zone.', count(*), count(DISTINCT table_oid), quote_ident(schema)),
    NULL,
    jsonb_build_object('columns', jsonb_agg(identity ORDER BY identity)),
    NULL,
    NULL
FROM times
WHERE type = 'timestamp' AND NOT is_slip
GROUP BY schema
ORDER BY 1, 2
