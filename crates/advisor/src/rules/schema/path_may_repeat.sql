SELECT
    'column' AS kind,
    columns.identity AS object,
    format('two rows of %s can stand at one place of the tree', columns.table_identity) AS title,
    format('%s is the path of a row, and no unique index holds it.', columns.identity) AS description,
    jsonb_build_object('type', columns.declared_type) AS evidence,
    format(
        'CREATE UNIQUE INDEX %I ON %s (%I)%s;', left(columns.table_name || '_' || columns.name, 58) || '_key', columns.table_identity, columns.name,
        -- Among those that live.
        (SELECT format(' WHERE %I IS NULL', mark.name) FROM columns AS mark WHERE mark.table_oid = columns.table_oid AND mark.name = 'deleted_at')
    ) AS up,
    format('DROP INDEX %I.%I;', columns.schema, left(columns.table_name || '_' || columns.name, 58) || '_key') AS down
FROM columns
WHERE columns.type = 'ltree'
    AND (
        columns.name ~* '^((tree|node|full|label|materiali[sz]ed|hierarchy|lineage)_?)?path$'
        OR EXISTS (
            SELECT FROM pg_constraint AS key
            WHERE key.conrelid = columns.table_oid AND key.confrelid = columns.table_oid AND key.contype = 'f'
        )
    )
    AND NOT EXISTS (
        SELECT FROM pg_index AS index
        WHERE index.indrelid = columns.table_oid AND (index.indisunique OR index.indisexclusion)
            AND (
                columns.attnum = ANY (index.indkey)
                OR pg_get_expr(index.indexprs, index.indrelid) ~* ('\m' || columns.name || '\M')
            )
    )
    -- A trigger makes it of what is unique.
    AND NOT EXISTS (
        SELECT
        FROM triggers
        JOIN pg_index AS index ON index.indrelid = triggers.table_oid AND index.indisunique
        JOIN columns AS named
            ON named.table_oid = triggers.table_oid AND named.attnum = ANY (index.indkey) AND named.type IN ('text', 'varchar', 'citext')
        WHERE triggers.table_oid = columns.table_oid AND triggers.source ~* ('\m' || columns.name || '\M')
    )
ORDER BY 2
