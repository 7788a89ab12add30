SELECT
    'index' AS kind,
    index.indexrelid::regclass::text AS object,
    format('%s has %s values in %s rows', index.indexrelid::regclass, stats.n_distinct, owner.reltuples::bigint) AS title,
    format(
        'The rarest of the values of %s.%I is that of at least %s %% of the rows: a search for any of them reads most pages of the table.',
        index.indrelid::regclass, attribute.attname, trunc((rarest.share * 100)::numeric)
    ) AS description,
    jsonb_build_object(
        'index', pg_get_indexdef(index.indexrelid), 'distinct_values', stats.n_distinct, 'rarest_share', round(rarest.share::numeric, 3),
        'rows_estimated', owner.reltuples::bigint, 'bytes', pg_relation_size(index.indexrelid)
    ) AS evidence,
    format('DROP INDEX CONCURRENTLY %s;', index.indexrelid::regclass) AS up,
    regexp_replace(pg_get_indexdef(index.indexrelid), '^CREATE INDEX ', '\&CONCURRENTLY ') || ';' AS down
FROM pg_index AS index
JOIN pg_class AS relation ON relation.oid = index.indexrelid AND relation.relkind = 'i' AND NOT relation.relispartition
JOIN pg_am AS method ON method.oid = relation.relam AND method.amname IN ('btree', 'hash')
JOIN pg_class AS owner ON owner.oid = index.indrelid
JOIN pg_namespace AS namespace ON namespace.oid = owner.relnamespace
JOIN pg_attribute AS attribute ON attribute.attrelid = owner.oid AND attribute.attnum = index.indkey[0]
-- Nobody but who may read the table sees its statistics.
JOIN pg_stats AS stats
    ON stats.schemaname = namespace.nspname AND stats.tablename = owner.relname AND stats.attname = attribute.attname AND NOT stats.inherited
-- The rarest value that is listed; all are listed where there are few. Nulls are a value too.
CROSS JOIN LATERAL (
    SELECT least(min(frequency), CASE WHEN stats.null_frac > 0 THEN stats.null_frac END) AS share
    FROM unnest(stats.most_common_freqs) AS frequency
) AS rarest
WHERE namespace.nspname = ANY ($1)
    AND index.indisvalid AND NOT index.indisunique
    AND index.indnatts = 1 AND index.indpred IS NULL AND index.indexprs IS NULL
    AND owner.reltuples >= 10000
    AND stats.n_distinct BETWEEN 1 AND 10
    AND cardinality(stats.most_common_freqs) >= stats.n_distinct
    -- An index finds a value that is rare.
    AND rarest.share >= 0.05
    -- One in the order of the table reads few pages even so.
    AND abs(coalesce(stats.correlation, 0)) < 0.9
    AND NOT EXISTS (SELECT FROM pg_constraint AS of_index WHERE of_index.conindid = index.indexrelid)
    -- That of a foreign key is needed when the other side is deleted.
    AND NOT EXISTS (
        SELECT FROM pg_constraint AS key
        WHERE key.conrelid = owner.oid AND key.contype = 'f' AND attribute.attnum = ANY (key.conkey)
    )
    AND NOT EXISTS (
        SELECT FROM pg_depend AS dependency
        WHERE dependency.classid = 'pg_class'::regclass AND dependency.objid = owner.oid AND dependency.deptype = 'e'
    )
ORDER BY 2
