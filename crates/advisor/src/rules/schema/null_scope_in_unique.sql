SELECT
    'index' AS kind,
    index.indexrelid::regclass::text AS object,
    format('rows of %s without %s are not unique', tables.identity, scope.name) AS title,
    format(
        '%s takes two rows for different when %s is null in both, so that there can be any number with the same other columns.',
        index.indexrelid::regclass, scope.name
    ) AS description,
    jsonb_build_object('index', pg_get_indexdef(index.indexrelid), 'nullable', scope.name) AS evidence,
    CASE WHEN index.indpred IS NULL THEN format(
        'CREATE UNIQUE INDEX %I ON %s (%s) WHERE %I IS NULL;', left(relation.relname, 48) || '_without_scope', tables.identity,
        (
            SELECT string_agg(quote_ident(columns.name), ', ' ORDER BY part.position)
            FROM unnest((index.indkey::int2[])[0:index.indnkeyatts - 1]) WITH ORDINALITY AS part (attnum, position)
            JOIN columns ON columns.table_oid = tables.oid AND columns.attnum = part.attnum
            WHERE part.attnum <> scope.attnum
        ),
        scope.name
    ) END AS up,
    CASE WHEN index.indpred IS NULL THEN format('DROP INDEX %I.%I;', tables.schema, left(relation.relname, 48) || '_without_scope') END AS down
FROM tables
JOIN pg_index AS index ON index.indrelid = tables.oid
JOIN pg_class AS relation ON relation.oid = index.indexrelid
-- One nullable column, which refers to another table or to the parent: the scope in which the rest is unique.
CROSS JOIN LATERAL (
    SELECT min(columns.name) AS name, min(columns.attnum) AS attnum
    FROM columns
    WHERE columns.table_oid = tables.oid
        AND columns.attnum = ANY ((index.indkey::int2[])[0:index.indnkeyatts - 1])
        AND NOT columns.is_not_null
    HAVING count(*) = 1
) AS scope
WHERE index.indisunique AND index.indisvalid
    AND index.indnkeyatts > 1
    AND NOT 0 = ANY ((index.indkey::int2[])[0:index.indnkeyatts - 1])
    AND NOT coalesce((to_jsonb(index) ->> 'indnullsnotdistinct')::boolean, false)
    -- A predicate may leave the nulls to another index.
    AND coalesce(pg_get_expr(index.indpred, index.indrelid), '') !~* ('\m' || scope.name || '\M"? IS NOT NULL')
    AND EXISTS (
        SELECT FROM pg_constraint AS key
        WHERE key.conrelid = tables.oid AND key.contype = 'f' AND scope.attnum = ANY (key.conkey)
    )
    -- The rest is a name, not a row that may be linked to one of several.
    AND EXISTS (
        SELECT FROM columns
        WHERE columns.table_oid = tables.oid
            AND columns.attnum = ANY ((index.indkey::int2[])[0:index.indnkeyatts - 1])
            AND columns.attnum <> scope.attnum
            AND columns.type IN ('text', 'varchar', 'citext')
            AND columns.name ~* '(^|_)(e_?mail|name|handle|slug|title|code|path|label|sku|domain|version|number)$'
    )
    -- Another unique index counts those without a scope.
    AND NOT EXISTS (
        SELECT FROM pg_index AS other
        WHERE other.indrelid = tables.oid AND other.indisunique AND other.indexrelid <> index.indexrelid
            AND (
                pg_get_expr(other.indpred, other.indrelid) ~* ('\m' || scope.name || '\M"? IS NULL')
                OR pg_get_expr(other.indexprs, other.indrelid) ~* ('coalesce\(.*\m' || scope.name || '\M')
                -- One of several columns that may be the scope: another index counts those of the other.
                OR (
                    other.indnkeyatts = index.indnkeyatts
                    AND NOT scope.attnum = ANY (other.indkey)
                    AND array_remove((index.indkey::int2[])[0:index.indnkeyatts - 1], scope.attnum) <@ (other.indkey::int2[])[0:other.indnkeyatts - 1]
                )
                -- What is unique everywhere is so without a scope.
                OR (
                    other.indpred IS NULL AND other.indexprs IS NULL
                    AND (other.indkey::int2[])[0:other.indnkeyatts - 1] <@ (index.indkey::int2[])[0:index.indnkeyatts - 1]
                    AND NOT scope.attnum = ANY (other.indkey)
                )
            )
    )
ORDER BY 2
