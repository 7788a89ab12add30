SELECT
    'column' AS kind,
    columns.identity AS object,
    format('a row of %s can become its own ancestor', columns.table_identity) AS title,
    format('%s refers to %s itself, and neither a check nor a trigger looks at it.', columns.name, columns.table_identity) AS description,
    jsonb_build_object('constraint', pg_get_constraintdef(key.oid)) AS evidence
FROM columns
JOIN pg_constraint AS key ON key.conrelid = columns.table_oid AND key.confrelid = columns.table_oid
    AND key.contype = 'f' AND key.conparentid = 0 AND columns.attnum = ANY (key.conkey)
    AND key.confkey[array_position(key.conkey, columns.attnum)] <> columns.attnum
WHERE columns.name ~* '^(parent|.*_parent|parent_.*|.*parentid|parent.*id|manager_id|supervisor_id|reports_to(_id)?|superior_id)$'
    -- A list of types is kept by its authors.
    AND columns.table_name !~* '(type|value)s?$'
    AND columns.name !~* '_(state|type|status)$'
    -- A parent that has to come before its child is no cycle.
    AND NOT EXISTS (
        SELECT FROM checks
        WHERE checks.table_oid = columns.table_oid AND checks.attnum = columns.attnum
            AND checks.definition ~ ('\m' || columns.name || '\M"?\)? *(<|<=) ')
    )
    AND NOT EXISTS (
        SELECT FROM triggers
        WHERE triggers.table_oid = columns.table_oid AND triggers.tgenabled <> 'D'
            AND (triggers.source ~* ('\m' || columns.name || '\M') OR triggers.source ~* '(recursive|cycle|ancest)' OR triggers.source = '')
    )
ORDER BY 2
