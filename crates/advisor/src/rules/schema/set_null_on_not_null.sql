SELECT
    'constraint' AS kind,
    format('%s.%I', tables.identity, key.conname) AS object,
    format(
        'deleting what %s refers to would set %s to null, which it can''t be', tables.identity,
        string_agg(columns.name, ', ' ORDER BY columns.attnum)
    ) AS title,
    jsonb_build_object('constraint', pg_get_constraintdef(key.oid), 'not_null', jsonb_agg(columns.name ORDER BY columns.attnum)) AS evidence,
    -- A part of the primary key can't be null.
    CASE WHEN NOT bool_or(columns.is_in_key) THEN
        string_agg(format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL;', tables.identity, columns.name), E'\n' ORDER BY columns.attnum)
    END AS up,
    CASE WHEN NOT bool_or(columns.is_in_key) THEN
        string_agg(format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;', tables.identity, columns.name), E'\n' ORDER BY columns.attnum)
    END AS down
FROM tables
JOIN pg_constraint AS key ON key.conrelid = tables.oid AND key.contype = 'f' AND key.conparentid = 0
-- Since PostgreSQL 15 some columns of a key can be named.
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN jsonb_typeof(to_jsonb(key) -> 'confdelsetcols') = 'array'
            THEN ARRAY(SELECT (jsonb_array_elements_text(to_jsonb(key) -> 'confdelsetcols'))::int2)
        ELSE key.conkey
    END AS attnums
) AS emptied
JOIN (
    SELECT
        columns.*,
        EXISTS (
            SELECT FROM pg_constraint AS primary_key
            WHERE primary_key.conrelid = columns.table_oid AND primary_key.contype = 'p' AND columns.attnum = ANY (primary_key.conkey)
        ) AS is_in_key
    FROM columns
) AS columns ON columns.table_oid = tables.oid AND columns.attnum = ANY (emptied.attnums)
WHERE columns.is_not_null
    AND (key.confdeltype = 'n' OR (key.confdeltype = 'd' AND columns.value IS NULL))
GROUP BY tables.identity, key.oid, key.conname
ORDER BY 2
