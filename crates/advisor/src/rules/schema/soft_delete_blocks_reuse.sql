-- The tables whose rows are marked as deleted.
, soft AS (
    SELECT DISTINCT ON (table_oid) table_oid, attnum, name, type
    FROM columns
    WHERE name ~* '^(deleted|discarded|removed|trashed|archived)_?(at|on|time|date)$' AND type IN ('timestamptz', 'timestamp', 'date')
    ORDER BY table_oid, name ~* '^deleted' DESC, attnum
)
SELECT
    'index' AS kind,
    index.indexrelid::regclass::text AS object,
    format(
        'what is deleted of %s still takes its %s', tables.identity,
        (SELECT string_agg(pg_get_indexdef(index.indexrelid, position, true), ', ' ORDER BY position)
            FROM generate_series(1, index.indnkeyatts) AS position)
    ) AS title,
    format(
        'Rows of %s are marked in %s when they are deleted, but %s counts them like the others: what was deleted can''t be made again.',
        tables.identity, soft.name, index.indexrelid::regclass
    ) AS description,
    jsonb_build_object('index', pg_get_indexdef(index.indexrelid), 'marked_by', soft.name) AS evidence,
    CASE WHEN NOT EXISTS (
        SELECT FROM pg_constraint AS user_of WHERE user_of.contype = 'f' AND user_of.conindid = index.indexrelid
    ) AND index.indpred IS NULL THEN format(
        E'CREATE UNIQUE INDEX %I ON %s %s WHERE %I IS NULL;\n%s;',
        left(relation.relname, 50) || '_live', tables.identity,
        substring(pg_get_indexdef(index.indexrelid) FROM ' (USING .*)$'), soft.name,
        CASE WHEN rule.oid IS NULL THEN format('DROP INDEX %s', index.indexrelid::regclass)
        ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', tables.identity, rule.conname) END
    ) END AS up,
    CASE WHEN NOT EXISTS (
        SELECT FROM pg_constraint AS user_of WHERE user_of.contype = 'f' AND user_of.conindid = index.indexrelid
    ) AND index.indpred IS NULL THEN format(
        E'%s;\nDROP INDEX %I.%I;',
        CASE WHEN rule.oid IS NULL THEN pg_get_indexdef(index.indexrelid)
        ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', tables.identity, rule.conname, pg_get_constraintdef(rule.oid)) END,
        tables.schema, left(relation.relname, 50) || '_live'
    ) END AS down
FROM soft
JOIN tables ON tables.oid = soft.table_oid
JOIN pg_index AS index ON index.indrelid = tables.oid
JOIN pg_class AS relation ON relation.oid = index.indexrelid
LEFT JOIN pg_constraint AS rule ON rule.conindid = index.indexrelid AND rule.conrelid = tables.oid AND rule.contype = 'u'
WHERE index.indisunique AND index.indisvalid AND NOT index.indisprimary
    -- The mark is neither in the key nor in the predicate.
    AND NOT soft.attnum = ANY (index.indkey)
    AND coalesce(pg_get_expr(index.indpred, index.indrelid), '') !~* ('\m' || soft.name || '\M')
    AND coalesce(pg_get_expr(index.indexprs, index.indrelid), '') !~* ('\m' || soft.name || '\M')
    -- It holds what people choose. A token, a digest, an id of another system is never made again.
    AND EXISTS (
        SELECT FROM pg_attribute AS attribute
        JOIN pg_type AS type ON type.oid = attribute.atttypid
        LEFT JOIN pg_type AS base ON base.oid = type.typbasetype
        WHERE attribute.attrelid = tables.oid
            AND (
                attribute.attnum = ANY (index.indkey)
                OR pg_get_expr(index.indexprs, index.indrelid) ~* ('\m' || attribute.attname || '\M')
            )
            AND coalesce(base.typname, type.typname) IN ('text', 'varchar', 'bpchar', 'citext', 'ltree')
            AND attribute.attname !~* '(token|hash|secret|digest|external|storage|object|file|remote|canonical|access_?code|invite_?code|join_?code|uuid|guid|nonce|fingerprint|reference|provider|stripe|gateway|cursor|checksum|signature|payload|serial)|(^|_)(key|uri|id|ref|type|status|kind|sequence|cid)$|[a-z]I[dD]$|[a-z]Key$'
            AND NOT EXISTS (
                SELECT FROM pg_constraint AS key
                WHERE key.conrelid = tables.oid AND key.contype = 'f' AND attribute.attnum = ANY (key.conkey)
            )
    )
    AND NOT EXISTS (
        SELECT FROM pg_attribute AS attribute
        WHERE attribute.attrelid = tables.oid AND attribute.attnum = ANY (index.indkey)
            AND attribute.attname ~* '(token|hash|secret|digest|fingerprint)'
    )
ORDER BY 2
