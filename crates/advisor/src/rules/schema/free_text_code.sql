, texts AS (
    SELECT
        columns.*,
        -- The text of a default that is one word: 'active'::text.
        substring(columns.value FROM '^''([a-zA-Z][a-zA-Z0-9_-]{0,40})''::(text|character varying|bpchar)') AS word,
        -- What else its table has: the parts of an address, the parts of a sign-in elsewhere.
        bool_or(columns.name ~* '^(city|town|zip|zip_?code|post(al)?_?code|street|country|country_code|address(_?line)?_?1?)$')
            OVER of_table AS is_of_address,
        bool_or(columns.name ~* '^(nonce|code_challenge|redirect_uri|id_token)$') OVER of_table AS is_of_oauth
    FROM columns
    WINDOW of_table AS (PARTITION BY columns.table_oid)
),
named AS (
    SELECT *
    FROM texts
    WHERE type IN ('text', 'varchar', 'bpchar')
        AND NOT is_generated
        AND NOT (name ~* '(^|_)state$' AND (is_of_address OR is_of_oauth))
        -- What happened has no closed list of kinds, nor has the work of a queue.
        AND NOT (name IN ('type', 'kind') AND table_name ~* '(event|log|job|activity|activities)s?$')
        -- What a record says of the past was checked where it came from.
        AND table_name !~* '(^|_)(audit|log|logs|history|changes)(_|$)'
        AND name !~* '^(previous|next|from|to|old|new)_'
        AND name !~* '(mime|content|media|file|oauth|token|class|auth|source|target|owner|actor|subject|grant|response)_?type$'
        AND name !~* '^(oauth_?state|session_?state|state_?token|csrf_?state|status_?(line|text|message|code)|http_?status)$'
        AND name ~* '(status|state|role|kind|type|visibility|severity|context|purpose|mode|scope|category|backend|provider|channel|tier|plan|level|stage|phase|priority|reason|source|direction|method|policy|strategy|frequency|interval|unit|platform)$'
        -- The class of a row in another table.
        AND NOT EXISTS (
            SELECT FROM pg_attribute AS sibling
            WHERE sibling.attrelid = table_oid
                AND name ~* 'type$'
                AND sibling.attname = regexp_replace(name, '_?[tT]ype$', '') || CASE WHEN name ~ 'T' THEN 'Id' ELSE '_id' END
        )
        -- Rails keeps the class of a row in type.
        AND NOT (name = 'type' AND EXISTS (
            SELECT FROM pg_class AS history
            JOIN pg_namespace AS namespace ON namespace.oid = history.relnamespace
            WHERE history.relname = 'ar_internal_metadata' AND namespace.nspname = schema
        ))
),
codes AS (
    SELECT
        named.*,
        stats.n_distinct,
        CASE
            WHEN name ~* '^(status|state|role|kind|type|visibility|severity)$' THEN 'its name'
            WHEN name ~* '^.+(_status|_state|_role|_visibility)$' AND name !~* '(user|display|job|event|member)_role' THEN 'its name'
            WHEN name ~ '^.+[a-z](Status|State|Role|Visibility)$' THEN 'its name'
            WHEN word IS NOT NULL AND name ~* '(^|_)[a-z]+$' THEN 'its default'
            WHEN stats.n_distinct BETWEEN 2 AND 12 AND rows >= 1000
                AND name ~* '(^|_)(kind|type|context|purpose|mode|category|backend|tier|stage|phase|priority|direction)$'
                THEN 'its few values'
        END AS why
    FROM named
    LEFT JOIN pg_stats AS stats
        ON stats.schemaname = named.schema AND stats.tablename = named.table_name AND stats.attname = named.name
        AND NOT stats.inherited
        AND stats.attname ~* '(kind|type|context|purpose|mode|category|backend|tier|stage|phase|priority|direction)$'
)
SELECT
    'column' AS kind,
    identity AS object,
    format('%s takes any text', identity) AS title,
    format(
        '%s says that %s holds one of a few codes; no check, enum type or foreign key says which.', initcap(left(why, 1)) || substr(why, 2), identity
    ) AS description,
    CASE why WHEN 'its few values' THEN 'Hint' ELSE 'Likely' END AS certainty,
    jsonb_build_object(
        'type', declared_type, 'default', value, 'known_by', why, 'distinct_values', CASE WHEN n_distinct > 0 THEN n_distinct END
    ) AS evidence
FROM codes
WHERE why IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM checks
        WHERE checks.table_oid = codes.table_oid AND checks.attnum = codes.attnum
            -- That of a length says nothing of the codes.
            AND NOT (checks.definition ~* 'length\(' AND checks.definition !~* '( = |ANY|~)')
    )
    AND NOT EXISTS (
        SELECT FROM pg_constraint AS key
        WHERE key.conrelid = codes.table_oid
            AND (
                (key.contype = 'f' AND codes.attnum = ANY (key.conkey))
                -- A table that lists the codes has them as its key.
                OR (key.contype IN ('p', 'u') AND key.conkey = ARRAY[codes.attnum])
            )
    )
ORDER BY 2
