SELECT
    'column' AS kind,
    columns.identity AS object,
    format('%s is whatever a writer says', columns.identity) AS title,
    format(
        'No trigger computes %s, so that a path can be empty, can have no parent, and stays behind when its parent moves.', columns.identity
    ) AS description,
    jsonb_build_object('type', columns.declared_type) AS evidence
FROM columns
WHERE columns.type = 'ltree'
    AND NOT columns.is_generated
    AND (
        columns.name ~* '^((tree|node|full|label|materiali[sz]ed|hierarchy|lineage)_?)?path$'
        OR EXISTS (
            SELECT FROM pg_constraint AS key
            WHERE key.conrelid = columns.table_oid AND key.confrelid = columns.table_oid AND key.contype = 'f'
        )
    )
    AND NOT EXISTS (
        SELECT FROM triggers
        WHERE triggers.table_oid = columns.table_oid AND triggers.tgenabled <> 'D'
            AND (
                triggers.source ~* ('\m' || columns.name || '\M')
                OR triggers.function ~* '(path|tree|place)'
                OR triggers.source = ''
            )
    )
ORDER BY 2
