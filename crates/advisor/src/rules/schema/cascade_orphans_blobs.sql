SELECT
    'constraint' AS kind,
    format('%s.%I', tables.identity, key.conname) AS object,
    format('a deleted row of %s leaves what %s points to without an owner', key.confrelid::regclass, columns.identity) AS title,
    format(
        'Rows of %s go along with those of %s. Nothing notes %s then, so that what is stored there stays for ever.',
        tables.identity, key.confrelid::regclass, columns.name
    ) AS description,
    jsonb_build_object('constraint', pg_get_constraintdef(key.oid), 'place', columns.identity) AS evidence
FROM tables
JOIN pg_constraint AS key ON key.conrelid = tables.oid AND key.contype = 'f' AND key.confdeltype = 'c' AND key.conparentid = 0
JOIN LATERAL (
    SELECT columns.name, columns.identity
    FROM columns
    WHERE columns.table_oid = tables.oid
        AND columns.type IN ('text', 'varchar', 'uuid')
        AND columns.name ~* '^(storage|blob|object|s3|gcs|bucket|minio)_?(key|path|object_?key|object_?name|blob_?name|url|uri|location|object_?id)$'
    ORDER BY columns.attnum
    LIMIT 1
) AS columns ON true
-- A trigger may note it.
WHERE NOT EXISTS (
    SELECT FROM triggers
    WHERE triggers.table_oid = tables.oid AND triggers.tgtype & 8 = 8 AND triggers.tgenabled <> 'D'
)
ORDER BY 2
