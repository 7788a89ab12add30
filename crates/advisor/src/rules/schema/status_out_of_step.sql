-- A status, with the values that it may have as an enum type or a check says.
, statuses AS (
    SELECT
        columns.*,
        CASE
            WHEN columns.type_kind = 'e' THEN (
                SELECT string_agg(quote_literal(label.enumlabel), ' ') FROM pg_enum AS label WHERE label.enumtypid = columns.type_oid
            )
            ELSE (
                SELECT string_agg(checks.definition, ' ')
                FROM checks
                WHERE checks.table_oid = columns.table_oid AND checks.attnum = columns.attnum AND coalesce(cardinality(checks.conkey), 1) = 1
            )
        END AS known,
        EXISTS (
            SELECT FROM pg_attribute AS sibling
            WHERE sibling.attrelid = columns.table_oid AND sibling.attname ~* '^(nonce|code_challenge|redirect_uri|id_token)$'
        ) AS is_of_oauth
    FROM columns
    WHERE columns.name ~* '^(status|state)$'
        AND (columns.type_kind = 'e' OR columns.type IN ('text', 'varchar', 'bpchar'))
),
pairs AS (
    SELECT
        statuses.table_oid, statuses.table_identity, statuses.table_name, statuses.attnum, statuses.name, statuses.known,
        moment.attnum AS moment_attnum, moment.name AS moment, word.value
    FROM statuses
    JOIN columns AS moment ON moment.table_oid = statuses.table_oid
        AND moment.type IN ('timestamptz', 'timestamp')
        AND NOT moment.is_not_null
        AND NOT moment.is_generated
    CROSS JOIN LATERAL (
        -- The first value of the status that the time is the time of.
        SELECT substring(statuses.known FROM '(?i)''(' || matched.value || ')''') AS value
        FROM (
            VALUES
                ('^(ended|completed|finished|done)_?at$', 'completed'), ('^(ended|completed|finished|done)_?at$', 'finished'),
                ('^(ended|completed|finished|done)_?at$', 'ended'), ('^(ended|completed|finished|done)_?at$', 'done'),
                ('^closed_?at$', 'closed'), ('^cancell?ed_?at$', 'cancelled'), ('^cancell?ed_?at$', 'canceled'),
                ('^deleted_?at$', 'deleted'), ('^deleted_?at$', 'soft_deleted'), ('^deleted_?at$', 'removed'),
                ('^archived_?at$', 'archived'), ('^published_?at$', 'published'), ('^revoked_?at$', 'revoked'),
                ('^accepted_?at$', 'accepted'), ('^paid_?at$', 'paid'), ('^shipped_?at$', 'shipped'),
                ('^resolved_?at$', 'resolved'), ('^failed_?at$', 'failed'), ('^suspended_?at$', 'suspended'),
                ('^approved_?at$', 'approved'), ('^rejected_?at$', 'rejected'), ('^sent_?at$', 'sent')
        ) AS matched (pattern, value)
        WHERE moment.name ~* matched.pattern
            AND (
                statuses.known ~* ('''' || matched.value || '''')
                -- What may be any text may as well be the end.
                OR (statuses.known IS NULL AND matched.value IN ('completed', 'closed') AND NOT statuses.is_of_oauth)
            )
        LIMIT 1
    ) AS word
    -- A check or a trigger knows of both.
    WHERE NOT EXISTS (
        SELECT FROM checks
        WHERE checks.table_oid = statuses.table_oid AND checks.attnum = statuses.attnum AND moment.attnum = ANY (checks.conkey)
    )
    AND NOT EXISTS (
        SELECT FROM triggers
        WHERE triggers.table_oid = statuses.table_oid
            AND triggers.source ~* ('\m' || statuses.name || '\M') AND triggers.source ~* ('\m' || moment.name || '\M')
    )
)
SELECT
    'column' AS kind,
    format('%s.%I', table_identity, moment) AS object,
    CASE
        WHEN value IS NULL THEN format('%s of %s may contradict %s', name, table_identity, moment)
        ELSE format('%s of %s may be %s without %s', name, table_identity, quote_literal(value), moment)
    END AS title,
    format('No check ties %s to %s.', name, moment) AS description,
    CASE WHEN value IS NULL THEN 'Hint' END AS certainty,
    jsonb_build_object('status', name, 'value', value, 'time', moment) AS evidence,
    CASE WHEN value IS NOT NULL THEN format(
        E'ALTER TABLE %1$s ADD CONSTRAINT %2$I CHECK (%3$I <> %4$L OR %5$I IS NOT NULL) NOT VALID;\nALTER TABLE %1$s VALIDATE CONSTRAINT %2$I;',
        table_identity, left(table_name || '_' || moment, 50) || '_check', name, value, moment
    ) END AS up,
    CASE WHEN value IS NOT NULL THEN
        format('ALTER TABLE %s DROP CONSTRAINT %I;', table_identity, left(table_name || '_' || moment, 50) || '_check')
    END AS down
FROM pairs
ORDER BY 2
