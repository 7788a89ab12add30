SELECT
    'column' AS kind,
    format('%s.%I', relation.oid::regclass, attribute.attname) AS object,
    format('finding what has expired reads the whole of %s', relation.oid::regclass) AS title,
    format('Every row of %s expires, and no index begins with %s.', relation.oid::regclass, quote_ident(attribute.attname)) AS description,
    jsonb_build_object('rows_estimated', nullif(relation.reltuples, -1), 'bytes', pg_relation_size(relation.oid)) AS evidence,
    format(
        'CREATE INDEX %s%I ON %s (%I);', CASE WHEN relation.relkind = 'r' THEN 'CONCURRENTLY ' END,
        left(relation.relname || '_' || attribute.attname, 58) || '_idx', relation.oid::regclass, attribute.attname
    ) AS up,
    format(
        'DROP INDEX %s%I.%I;', CASE WHEN relation.relkind = 'r' THEN 'CONCURRENTLY ' END,
        namespace.nspname, left(relation.relname || '_' || attribute.attname, 58) || '_idx'
    ) AS down
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
WHERE namespace.nspname = ANY ($1)
    AND relation.relkind IN ('r', 'p') AND NOT relation.relispartition
    AND attribute.attname ~* '^(expires?|expired|expiry|expiration)_?(at|on|time|date)?$'
    AND attribute.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype)
    -- One row that says who leads.
    AND relation.relname !~* '(leader|lock|lease)s?$'
    -- What may have no end is not made to be purged.
    AND attribute.attnotnull
    AND NOT EXISTS (
        SELECT FROM pg_index AS index
        WHERE index.indrelid = relation.oid AND index.indisvalid AND index.indkey[0] = attribute.attnum
    )
    AND NOT EXISTS (
        SELECT FROM pg_depend AS dependency
        WHERE dependency.classid = 'pg_class'::regclass AND dependency.objid = relation.oid AND dependency.deptype = 'e'
    )
ORDER BY 2
