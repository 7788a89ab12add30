WITH keys AS (
    SELECT
        key.oid,
        key.conname,
        key.conrelid,
        key.confrelid,
        key.confdeltype,
        key.conkey,
        key.confkey,
        relation.relkind,
        relation.relname,
        relation.reltuples,
        ARRAY(
            SELECT attribute.attname::text
            FROM unnest(key.conkey) WITH ORDINALITY AS part (attnum, position)
            JOIN pg_attribute AS attribute ON attribute.attrelid = key.conrelid AND attribute.attnum = part.attnum
            ORDER BY part.position
        ) AS names
    FROM pg_constraint AS key
    JOIN pg_class AS relation ON relation.oid = key.conrelid
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    WHERE key.contype = 'f'
        -- That of a partition is as that of its table.
        AND key.conparentid = 0
        AND namespace.nspname = ANY ($1)
        AND NOT EXISTS (
            SELECT FROM pg_depend AS dependency
            WHERE dependency.classid = 'pg_class'::regclass AND dependency.objid = relation.oid AND dependency.deptype = 'e'
        )
),
served AS (
    SELECT
        keys.*,
        (
            SELECT min(pg_get_indexdef(index.indexrelid))
            FROM pg_index AS index
            WHERE index.indrelid = keys.conrelid AND index.indpred IS NOT NULL
                AND (index.indkey::int2[])[0] = ANY (keys.conkey)
        ) AS partial
    FROM keys
    WHERE NOT EXISTS (
        SELECT
        FROM pg_index AS index
        JOIN pg_class AS relation ON relation.oid = index.indexrelid
        JOIN pg_am AS method ON method.oid = relation.relam
        WHERE index.indrelid = keys.conrelid
            AND index.indisvalid
            AND (method.amname = 'btree' OR (method.amname = 'hash' AND cardinality(keys.conkey) = 1))
            AND (
                -- It begins with the columns, in any order.
                ((index.indkey::int2[])[0:cardinality(keys.conkey) - 1] @> keys.conkey
                    AND index.indnkeyatts >= cardinality(keys.conkey))
                -- Or some of them already name one row.
                OR (index.indisunique AND (index.indkey::int2[])[0:index.indnkeyatts - 1] <@ keys.conkey)
                -- Or it begins with the one that names a row on the other side, as an id beside a tenant does.
                OR EXISTS (
                    SELECT
                    FROM unnest(keys.conkey, keys.confkey) AS part (own, target)
                    JOIN pg_index AS single ON single.indrelid = keys.confrelid AND single.indisunique
                        AND single.indpred IS NULL AND single.indnkeyatts = 1 AND single.indkey[0] = part.target
                    WHERE part.own = index.indkey[0]
                )
            )
            -- A search for a key never looks for null: an index without nulls serves it.
            AND (
                index.indpred IS NULL
                OR regexp_replace(pg_get_expr(index.indpred, index.indrelid), '[()"]', '', 'g') IN (
                    SELECT string_agg(name || ' IS NOT NULL', ' AND ' ORDER BY position)
                    FROM unnest(keys.names) WITH ORDINALITY AS part (name, position)
                    UNION ALL
                    SELECT name || ' IS NOT NULL' FROM unnest(keys.names) AS part (name)
                )
            )
    )
)
SELECT
    'constraint' AS kind,
    format('%s.%I', conrelid::regclass, conname) AS object,
    format('no index serves %s on %s', quote_ident(conname), conrelid::regclass) AS title,
    format(
        'Deleting a row of %s, or changing its key, reads the whole of %s to find the rows that refer to it.%s',
        confrelid::regclass, conrelid::regclass,
        CASE WHEN partial IS NOT NULL THEN ' A partial index is there, but it has not all the rows.' ELSE '' END
    ) AS description,
    -- A small table is read as fast as an index, and a list of types hardly ever loses a row.
    CASE
        WHEN reltuples BETWEEN 0 AND 1000 AND pg_relation_size(conrelid) > 0 THEN 'Low'
        WHEN confrelid::regclass::text ~* '(type|types|status|statuses|value|values|language|languages|country|countries|currency|currencies|script)$' THEN 'Low'
    END AS priority,
    jsonb_build_object(
        'constraint', pg_get_constraintdef(oid), 'partial_index', partial,
        'rows_estimated', nullif(reltuples, -1), 'bytes', pg_relation_size(conrelid)
    ) AS evidence,
    format(
        'CREATE INDEX %s%I ON %s (%s);',
        CASE WHEN relkind = 'r' THEN 'CONCURRENTLY ' END,
        left(relname || '_' || array_to_string(names, '_'), 58) || '_idx',
        conrelid::regclass,
        (SELECT string_agg(quote_ident(name), ', ' ORDER BY position) FROM unnest(names) WITH ORDINALITY AS part (name, position))
    ) AS up,
    format(
        'DROP INDEX %s%I.%I;',
        CASE WHEN relkind = 'r' THEN 'CONCURRENTLY ' END,
        (SELECT relnamespace::regnamespace::text FROM pg_class WHERE pg_class.oid = conrelid),
        left(relname || '_' || array_to_string(names, '_'), 58) || '_idx'
    ) AS down
FROM served
ORDER BY 2
