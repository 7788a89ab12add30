, soft AS (
    SELECT DISTINCT ON (table_oid) table_oid, identity
    FROM columns
    WHERE name ~* '^(deleted|discarded|trashed)_?(at|on)$' AND type IN ('timestamptz', 'timestamp', 'date')
    ORDER BY table_oid, attnum
)
SELECT
    'table' AS kind,
    tables.identity AS object,
    format(
        'a row of %s that is really deleted takes along rows which are never deleted but marked: %s', tables.identity,
        string_agg(DISTINCT key.conrelid::regclass::text, ', ')
    ) AS title,
    format('Rows of %s and of those tables are marked as deleted; a DELETE of one row cascades into them and leaves nothing to restore.', tables.identity) AS description,
    jsonb_build_object('cascades', jsonb_agg(format('%s: %s', key.conrelid::regclass, pg_get_constraintdef(key.oid)) ORDER BY key.conrelid::regclass::text, key.conname)) AS evidence
FROM tables
JOIN soft AS parent ON parent.table_oid = tables.oid
JOIN pg_constraint AS key ON key.confrelid = tables.oid AND key.contype = 'f' AND key.confdeltype = 'c' AND key.conparentid = 0
JOIN soft AS child ON child.table_oid = key.conrelid
WHERE key.conrelid <> key.confrelid
GROUP BY tables.identity
ORDER BY 2
