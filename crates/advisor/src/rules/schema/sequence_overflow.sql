-- What a sequence may reach: its own end, or that of the column that it feeds.
, fed AS (
    SELECT
        sequence.seqrelid,
        sequence.seqrelid::regclass::text AS identity,
        columns.identity AS column_identity,
        columns.table_identity,
        columns.name,
        columns.declared_type,
        sequence.seqincrement,
        least(sequence.seqmax, CASE columns.type WHEN 'int2' THEN 32767 WHEN 'int4' THEN 2147483647 ELSE sequence.seqmax END) AS last_possible,
        sequence.seqmin AS first_possible,
        CASE
            WHEN has_sequence_privilege(sequence.seqrelid, 'USAGE, SELECT') THEN pg_sequence_last_value(sequence.seqrelid)
        END AS last_value
    FROM pg_sequence AS sequence
    JOIN pg_class AS relation ON relation.oid = sequence.seqrelid
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace AND namespace.nspname = ANY ($1)
    LEFT JOIN pg_depend AS owned
        ON owned.classid = 'pg_class'::regclass AND owned.objid = sequence.seqrelid
        AND owned.refclassid = 'pg_class'::regclass AND owned.refobjsubid > 0 AND owned.deptype IN ('a', 'i')
    LEFT JOIN columns ON columns.table_oid = owned.refobjid AND columns.attnum = owned.refobjsubid
    WHERE NOT sequence.seqcycle AND sequence.seqincrement > 0
),
used AS (
    SELECT *, last_value::numeric / nullif(last_possible, 0) AS share
    FROM fed
)
SELECT
    'sequence' AS kind,
    identity AS object,
    format('%s is used up to %s %%', identity, trunc(share * 100)) AS title,
    format('%s stands at %s of %s%s.', identity, last_value, last_possible, coalesce(', the last that ' || column_identity || ' can hold', '')) AS description,
    CASE WHEN share >= 0.9 THEN 'Critical' WHEN share >= 0.75 THEN 'High' ELSE 'Medium' END AS priority,
    jsonb_build_object('last_value', last_value, 'last_possible', last_possible, 'column', column_identity, 'type', declared_type) AS evidence
FROM used
WHERE share >= 0.5
ORDER BY 2
