-- Tables whose rows may be marked as deleted, with the columns of their keys of one column.
SELECT
    relation.oid::regclass::text AS identity,
    relation.relname::text AS table_name,
    attribute.attname::text AS column_name,
    coalesce((
        SELECT array_agg(DISTINCT key_column.attname::text)
        FROM pg_index AS index
        JOIN pg_attribute AS key_column ON key_column.attrelid = relation.oid AND key_column.attnum = index.indkey[0]
        WHERE index.indrelid = relation.oid AND index.indisunique AND index.indnkeyatts = 1
    ), '{}') AS keys
FROM pg_attribute AS attribute
JOIN pg_class AS relation ON relation.oid = attribute.attrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE namespace.nspname = ANY ($1)
    AND relation.relkind IN ('r', 'p')
    AND NOT attribute.attisdropped
    AND attribute.attname IN ('deleted_at', 'deletedAt', 'deleted_on')
    AND NOT attribute.attnotnull
ORDER BY relation.oid::regclass::text
