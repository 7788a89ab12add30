, pairs AS (
    SELECT
        begin.table_oid, begin.table_identity, begin.table_name,
        begin.attnum AS begin_attnum, begin.name AS begin_name, finish.attnum AS end_attnum, finish.name AS end_name, finish.identity
    FROM columns AS begin
    JOIN columns AS finish ON finish.table_oid = begin.table_oid AND finish.type = begin.type
    JOIN (
        VALUES
            ('starts_at', 'ends_at'), ('start_at', 'end_at'), ('starts_on', 'ends_on'), ('start_date', 'end_date'), ('start_time', 'end_time'),
            ('valid_from', 'valid_to'), ('valid_from', 'valid_until'), ('effective_from', 'effective_to'), ('effective_from', 'effective_until'),
            ('period_start', 'period_end'), ('current_period_start', 'current_period_end'), ('from_date', 'to_date'), ('date_from', 'date_to'),
            ('active_from', 'active_until'), ('check_in', 'check_out'), ('min_price', 'max_price'), ('min_age', 'max_age'),
            ('startTime', 'endTime'), ('startDate', 'endDate'), ('startsAt', 'endsAt')
    ) AS known (first, last) ON known.first = begin.name AND known.last = finish.name
    WHERE begin.type IN ('timestamptz', 'timestamp', 'date', 'time', 'int2', 'int4', 'int8', 'numeric')
)
SELECT
    'column' AS kind,
    identity AS object,
    format('%s of %s may come before %s', end_name, table_identity, begin_name) AS title,
    format('No check and no range type says that %s comes before %s.', begin_name, end_name) AS description,
    jsonb_build_object('begins', begin_name, 'ends', end_name) AS evidence,
    format(
        E'ALTER TABLE %1$s ADD CONSTRAINT %2$I CHECK (%3$I >= %4$I) NOT VALID;\nALTER TABLE %1$s VALIDATE CONSTRAINT %2$I;',
        table_identity, left(table_name || '_' || end_name, 50) || '_check', end_name, begin_name
    ) AS up,
    format('ALTER TABLE %s DROP CONSTRAINT %I;', table_identity, left(table_name || '_' || end_name, 50) || '_check') AS down
FROM pairs
WHERE NOT EXISTS (
    SELECT FROM checks
    WHERE checks.table_oid = pairs.table_oid AND checks.attnum = pairs.end_attnum AND pairs.begin_attnum = ANY (checks.conkey)
)
AND NOT EXISTS (
    SELECT FROM triggers
    WHERE triggers.table_oid = pairs.table_oid AND triggers.source ~* ('\m' || begin_name || '\M') AND triggers.source ~* ('\m' || end_name || '\M')
)
-- A range made of both refuses what is backwards.
AND NOT EXISTS (
    SELECT FROM pg_index AS index
    WHERE index.indrelid = pairs.table_oid
        AND pg_get_expr(index.indexprs, index.indrelid) ~* ('range\(.*\m' || begin_name || '\M')
)
ORDER BY 2
