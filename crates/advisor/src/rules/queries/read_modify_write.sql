-- Columns of numbers that are counted, by their names.
SELECT
    format('%s.%I', relation.oid::regclass, attribute.attname) AS identity,
    relation.relname::text AS table_name,
    attribute.attname::text AS column_name
FROM pg_attribute AS attribute
JOIN pg_class AS relation ON relation.oid = attribute.attrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE namespace.nspname = ANY ($1)
    AND relation.relkind IN ('r', 'p')
    AND attribute.attnum > 0
    AND NOT attribute.attisdropped
    AND attribute.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
    AND attribute.attname ~* '(^|_)(count|counter|balance|total|quantity|qty|stock|credits?|points|used|remaining|bytes|attempts|retries|views|likes|votes|usage|next_\w+|last_\w*number)$'
    AND NOT EXISTS (
        SELECT FROM pg_constraint AS key
        WHERE key.conrelid = relation.oid
            AND key.contype IN ('p', 'f')
            AND attribute.attnum = ANY (key.conkey)
    )
ORDER BY 1
