SELECT
    'constraint' AS kind,
    format('%s.%I', tables.identity, key.conname) AS object,
    format(
        'deleting what %s refers to would set %s to null, which it can''t be', tables.identity,
        string_agg(columns.name, ', ' ORDER BY columns.attnum)
    ) AS title,
    jsonb_build_object('constraint', pg_get_constraintdef(key.oid), 'not_null', jsonb_agg(columns.name ORDER BY columns.attnum)) AS evidence
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
JOIN columns ON columns.table_oid = tables.oid AND columns.attnum = ANY (emptied.attnums)
WHERE columns.is_not_null
    AND (key.confdeltype = 'n' OR (key.confdeltype = 'd' AND columns.value IS NULL))
GROUP BY tables.identity, key.oid, key.conname
ORDER BY 2
