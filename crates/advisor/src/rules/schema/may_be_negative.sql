-- Numbers whose names say that they count or measure something.
, sizes AS (
    SELECT columns.*
    FROM columns
    WHERE columns.type IN ('int2', 'int4', 'int8', 'numeric')
        AND columns.name ~* '^((.*_)?(size|bytes|size_in_bytes|byte_?size|file_?size|length_bytes|quota|quota_bytes|storage_limit|storage_used|quantity|qty|stock|seats|capacity|seq)|seq_no|sequence_number|(prompt|completion|total|input|output)_tokens)$'
        AND columns.name !~* '(delta|diff|change|adjust|offset|balance)'
        AND columns.table_name !~* '(movement|adjustment|delta|ledger|journal)'
        -- -1 means none, or no limit.
        AND coalesce(columns.value, '') !~ '-'
        AND NOT columns.is_identity AND coalesce(columns.value, '') !~* 'nextval'
        AND NOT columns.is_generated
        AND NOT EXISTS (
            SELECT FROM checks WHERE checks.table_oid = columns.table_oid AND checks.attnum = columns.attnum
        )
        AND NOT EXISTS (
            SELECT FROM pg_constraint AS key
            WHERE key.conrelid = columns.table_oid AND key.contype = 'f' AND columns.attnum = ANY (key.conkey)
        )
)
SELECT
    'table' AS kind,
    table_identity AS object,
    format('%s of %s may be negative', string_agg(name, ', ' ORDER BY attnum), table_identity) AS title,
    'No check and no domain says that it is not.' AS description,
    jsonb_build_object('columns', jsonb_agg(jsonb_build_object('column', name, 'type', declared_type) ORDER BY attnum)) AS evidence,
    string_agg(
        format(
            E'ALTER TABLE %1$s ADD CONSTRAINT %2$I CHECK (%3$I >= 0) NOT VALID;\nALTER TABLE %1$s VALIDATE CONSTRAINT %2$I;',
            table_identity, left(table_name || '_' || name, 50) || '_check', name
        ), E'\n' ORDER BY attnum
    ) AS up,
    string_agg(
        format('ALTER TABLE %s DROP CONSTRAINT %I;', table_identity, left(table_name || '_' || name, 50) || '_check'), E'\n' ORDER BY attnum DESC
    ) AS down
FROM sizes
GROUP BY table_oid, table_identity
ORDER BY 2
