-- How many bytes the entries of a B-tree need at most, against those it has. An estimate: from the widths in pg_stats, without what
-- deduplication saves.
WITH measured AS (
    SELECT
        index.indexrelid,
        relation.reltuples AS entries,
        pg_relation_size(index.indexrelid) AS bytes,
        current_setting('block_size')::numeric AS page,
        coalesce(
            (SELECT option_value::numeric FROM pg_options_to_table(relation.reloptions) WHERE option_name = 'fillfactor'), 90
        ) AS fill,
        -- A header of 8 bytes, a line pointer of 4, and the keys, filled up to 8.
        (SELECT 12 + 8 * ceil(sum(stats.avg_width) / 8.0)) AS width,
        count(stats.avg_width) AS known,
        index.indnatts
    FROM pg_index AS index
    JOIN pg_class AS relation ON relation.oid = index.indexrelid AND relation.relkind = 'i'
    JOIN pg_am AS method ON method.oid = relation.relam AND method.amname = 'btree'
    JOIN pg_class AS owner ON owner.oid = index.indrelid
    JOIN pg_namespace AS namespace ON namespace.oid = owner.relnamespace
    JOIN pg_attribute AS attribute ON attribute.attrelid = owner.oid AND attribute.attnum = ANY (index.indkey)
    JOIN pg_stats AS stats
        ON stats.schemaname = namespace.nspname AND stats.tablename = owner.relname AND stats.attname = attribute.attname AND NOT stats.inherited
    WHERE namespace.nspname = ANY ($1)
        AND index.indisvalid AND index.indexprs IS NULL
        AND relation.reltuples >= 0
        AND relation.relpages > 1024
    GROUP BY index.indexrelid, relation.reltuples, relation.reloptions, index.indnatts
),
judged AS (
    SELECT *, (ceil(entries * width / ((page - 40) * fill / 100)) + 1) * page AS needed
    FROM measured
    WHERE known = indnatts
)
SELECT
    'index' AS kind,
    indexrelid::regclass::text AS object,
    format('%s is about %s larger than its entries need', indexrelid::regclass, pg_size_pretty((bytes - needed)::bigint)) AS title,
    format(
        'By an estimate from statistics, %s entries need %s and the index has %s.',
        entries::bigint, pg_size_pretty(needed::bigint), pg_size_pretty(bytes)
    ) AS description,
    jsonb_build_object('estimate', true, 'bytes', bytes, 'bytes_needed', needed::bigint, 'entries', entries::bigint) AS evidence,
    format('REINDEX INDEX CONCURRENTLY %s;', indexrelid::regclass) AS up
FROM judged
WHERE bytes - needed >= 8 * 1048576
    AND needed <= bytes * 0.5
ORDER BY 2
