SELECT
    'column' AS kind,
    columns.identity AS object,
    format('one %s in upper and in lower case counts as two in %s', columns.name, tables.identity) AS title,
    format(
        '%s is unique letter by letter: Ada@example.org and ada@example.org may both be there.', columns.identity
    ) AS description,
    jsonb_build_object(
        'indexes', jsonb_agg(pg_get_indexdef(index.indexrelid) ORDER BY index.indexrelid), 'type', columns.declared_type
    ) AS evidence,
    -- For an index on the address alone.
    CASE WHEN count(*) = 1 AND bool_and(index.indnkeyatts = 1 AND index.indpred IS NULL) THEN
        format('CREATE UNIQUE INDEX %I ON %s (lower(%I));', left(min(tables.name) || '_lower_' || columns.name, 58) || '_key', tables.identity, columns.name)
    END AS up,
    CASE WHEN count(*) = 1 AND bool_and(index.indnkeyatts = 1 AND index.indpred IS NULL) THEN
        format('DROP INDEX %I.%I;', min(tables.schema), left(min(tables.name) || '_lower_' || columns.name, 58) || '_key')
    END AS down
FROM columns
JOIN tables ON tables.oid = columns.table_oid
JOIN pg_index AS index ON index.indrelid = tables.oid AND columns.attnum = ANY (index.indkey)
WHERE index.indisunique AND index.indisvalid
    AND columns.name ~* '^(.*_)?e_?mail(_address)?$'
    AND columns.type IN ('text', 'varchar', 'bpchar')
    -- A collation may take both for one.
    AND NOT EXISTS (
        SELECT FROM unnest(index.indcollation::oid[]) AS used (oid)
        JOIN pg_collation AS rules ON rules.oid = used.oid
        WHERE NOT rules.collisdeterministic
    )
    -- Something makes them one: an index, a check, a trigger, a generated column.
    AND NOT EXISTS (
        SELECT FROM pg_index AS folded
        WHERE folded.indrelid = tables.oid AND folded.indisunique
            AND pg_get_expr(folded.indexprs, folded.indrelid) ~* ('(lower|upper|citext|casefold)[^,]*\m' || columns.name || '\M')
    )
    AND NOT EXISTS (
        SELECT FROM checks
        WHERE checks.table_oid = tables.oid AND checks.attnum = columns.attnum
            AND checks.definition ~* '(lower|upper|citext|casefold|!~ ''.*\[A-Z)'
    )
    AND NOT EXISTS (
        SELECT FROM triggers
        WHERE triggers.table_oid = tables.oid AND triggers.source ~* ('(lower|upper)\s*\(.*\m' || columns.name || '\M')
    )
    AND coalesce(columns.value, '') !~* 'lower'
    AND NOT columns.is_generated
GROUP BY columns.identity, columns.name, columns.declared_type, tables.identity
ORDER BY 2
