SELECT
    'index' AS kind,
    index.indexrelid::regclass::text AS object,
    format('%s can''t look into %s', index.indexrelid::regclass, quote_ident(attribute.attname)) AS title,
    format(
        '%s is a B-tree on %s: it finds whole values of it, not what is in them.', index.indexrelid::regclass, format_type(attribute.atttypid, NULL)
    ) AS description,
    jsonb_build_object('index', pg_get_indexdef(index.indexrelid), 'type', format_type(attribute.atttypid, NULL)) AS evidence,
    format(
        E'CREATE INDEX CONCURRENTLY %I ON %s USING gin (%I);\nDROP INDEX CONCURRENTLY %s;',
        left(relation.relname, 58) || '_gin', index.indrelid::regclass, attribute.attname, index.indexrelid::regclass
    ) AS up,
    format(
        E'%s;\nDROP INDEX CONCURRENTLY %I.%I;',
        regexp_replace(pg_get_indexdef(index.indexrelid), '^CREATE INDEX ', '\&CONCURRENTLY '), namespace.nspname, left(relation.relname, 58) || '_gin'
    ) AS down
FROM pg_index AS index
JOIN pg_class AS relation ON relation.oid = index.indexrelid AND relation.relkind = 'i' AND NOT relation.relispartition
JOIN pg_am AS method ON method.oid = relation.relam AND method.amname = 'btree'
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_attribute AS attribute ON attribute.attrelid = index.indrelid AND attribute.attnum = index.indkey[0]
JOIN pg_type AS type ON type.oid = attribute.atttypid
WHERE namespace.nspname = ANY ($1)
    AND NOT index.indisunique
    AND index.indnatts = 1
    AND (type.oid = 'jsonb'::regtype OR (type.typcategory = 'A' AND type.typlen = -1))
    AND NOT EXISTS (
        SELECT FROM pg_depend AS dependency
        WHERE dependency.classid = 'pg_class'::regclass AND dependency.objid = index.indrelid AND dependency.deptype = 'e'
    )
ORDER BY 2
