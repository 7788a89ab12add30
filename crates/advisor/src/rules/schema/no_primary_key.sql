SELECT
    'table' AS kind,
    identity AS object,
    format('%s has no primary key', identity) AS title,
    CASE
        WHEN key.definition IS NULL THEN format('Nothing tells two rows of %s apart.', identity)
        ELSE format('%s has a unique index on columns that are never null, which is a primary key but for the name.', identity)
    END AS description,
    CASE WHEN key.definition IS NOT NULL THEN 'Low' END AS priority,
    jsonb_build_object('rows_estimated', nullif(rows, -1), 'unique_index', key.definition) AS evidence,
    CASE WHEN key.name IS NOT NULL THEN format('ALTER TABLE %s ADD PRIMARY KEY USING INDEX %I;', identity, key.name) END AS up,
    CASE WHEN key.name IS NOT NULL THEN format(E'ALTER TABLE %s DROP CONSTRAINT %I;\n%s;', identity, key.name, key.definition) END AS down
FROM tables
LEFT JOIN LATERAL (
    SELECT
        pg_get_indexdef(index.indexrelid) AS definition,
        -- What can be made the key: an index of a plain table that no constraint has, in the plain order.
        CASE WHEN tables.kind = 'r' AND index.indoption::text ~ '^[0 ]*$' AND NOT EXISTS (
            SELECT FROM pg_constraint AS of_index WHERE of_index.conindid = index.indexrelid
        ) THEN relation.relname END AS name
    FROM pg_index AS index
    JOIN pg_class AS relation ON relation.oid = index.indexrelid
    WHERE index.indrelid = tables.oid
        AND index.indisunique AND index.indisvalid AND index.indpred IS NULL AND index.indexprs IS NULL
        AND NOT EXISTS (
            SELECT FROM pg_attribute AS attribute
            WHERE attribute.attrelid = index.indrelid
                AND attribute.attnum = ANY ((index.indkey::int2[])[0:index.indnkeyatts - 1])
                AND NOT attribute.attnotnull
        )
    ORDER BY relation.relname
    LIMIT 1
) AS key ON true
WHERE NOT EXISTS (
    SELECT FROM pg_constraint AS rule WHERE rule.conrelid = tables.oid AND rule.contype = 'p'
)
-- What inherits is as its parent is.
AND NOT EXISTS (SELECT FROM pg_inherits AS link WHERE link.inhrelid = tables.oid)
ORDER BY identity
