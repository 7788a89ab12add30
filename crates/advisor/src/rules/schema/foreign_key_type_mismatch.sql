, pairs AS (
    SELECT
        key.oid,
        tables.identity AS table_identity,
        key.conname,
        key.confrelid,
        own.name,
        own.identity AS own_identity,
        own.declared_type AS own_type,
        own.is_generated,
        target.attname AS target_name,
        format_type(target.atttypid, target.atttypmod) AS target_type,
        target.atttypid AS target_type_oid,
        (own.type, target_type.typname) IN (
            ('int8', 'int4'), ('int8', 'int2'), ('int4', 'int2'), ('numeric', 'int8'), ('numeric', 'int4')
        ) AS is_wider
    FROM tables
    JOIN pg_constraint AS key ON key.conrelid = tables.oid AND key.contype = 'f' AND key.conparentid = 0
    CROSS JOIN LATERAL unnest(key.conkey, key.confkey) AS pair (own, target)
    JOIN columns AS own ON own.table_oid = tables.oid AND own.attnum = pair.own
    JOIN pg_attribute AS target ON target.attrelid = key.confrelid AND target.attnum = pair.target
    JOIN pg_type AS target_type ON target_type.oid = target.atttypid
    WHERE own.type_oid <> CASE WHEN target_type.typtype = 'd' THEN target_type.typbasetype ELSE target.atttypid END
        -- Of one kind, and compared as one type.
        AND NOT (own.type IN ('text', 'varchar') AND target_type.typname IN ('text', 'varchar'))
)
SELECT
    'constraint' AS kind,
    format('%s.%I', table_identity, conname) AS object,
    format('%s is %s, and %s.%I, which it refers to, is %s', own_identity, own_type, confrelid::regclass, target_name, target_type) AS title,
    NULL AS description,
    CASE WHEN target_type_oid = 'int8'::regtype THEN 'High' END AS priority,
    jsonb_build_object('constraint', pg_get_constraintdef(oid), 'column', own_type, 'referenced_column', target_type) AS evidence,
    CASE WHEN NOT is_generated THEN format('ALTER TABLE %s ALTER COLUMN %I TYPE %s;', table_identity, name, target_type) END AS up,
    CASE WHEN NOT is_generated THEN format('ALTER TABLE %s ALTER COLUMN %I TYPE %s;', table_identity, name, own_type) END AS down
FROM pairs
WHERE NOT is_wider
UNION ALL
-- Columns that hold more than the key which they refer to do no harm themselves: one line for the key, which is what is too small.
SELECT
    'column',
    format('%s.%I', confrelid::regclass, target_name),
    format('%s.%I is %s, and what refers to it is %s, such as %s', confrelid::regclass, target_name, target_type, min(own_type), min(own_identity)),
    format('Wider columns refer to it: %s.', string_agg(own_identity, ', ' ORDER BY own_identity)),
    'Low',
    jsonb_build_object('column', target_type, 'wider', jsonb_agg(own_identity || ' ' || own_type ORDER BY own_identity)),
    NULL,
    NULL
FROM pairs
WHERE is_wider
GROUP BY confrelid, target_name, target_type
ORDER BY 1, 2
