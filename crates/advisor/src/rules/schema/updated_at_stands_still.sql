-- Where a sample of the rows has the same in both times, all over.
, standing AS (
    SELECT last.schemaname, last.tablename, last.attname
    FROM pg_stats AS last
    JOIN pg_stats AS first
        ON first.schemaname = last.schemaname AND first.tablename = last.tablename
        AND first.attname = replace(last.attname, 'updated', 'created')
    WHERE last.schemaname = ANY ($1)
        AND first.schemaname = ANY ($1)
        AND last.attname IN ('updated_at', 'updated_on', 'updatedat', 'updatedAt')
        AND first.attname IN ('created_at', 'created_on', 'createdat', 'createdAt')
        AND first.histogram_bounds::text IS NOT DISTINCT FROM last.histogram_bounds::text
        AND first.most_common_vals::text IS NOT DISTINCT FROM last.most_common_vals::text
        AND coalesce(first.histogram_bounds::text, first.most_common_vals::text) IS NOT NULL
),
-- The columns for the time of the last change.
stamped AS (
    SELECT
        columns.*,
        EXISTS (
            SELECT FROM triggers
            -- Before an update, of each row.
            WHERE triggers.table_oid = columns.table_oid
                AND triggers.tgtype & 19 = 19
                AND triggers.tgenabled <> 'D'
                AND (
                    triggers.source ~* ('\m' || columns.name || '\M')
                    -- What gets the name of the column as an argument, and what is not written in SQL.
                    OR triggers.function ~* 'moddatetime|updated_?at|update_?timestamp|modified|touch|manage'
                    OR triggers.source = ''
                )
        ) AS is_moved,
        (
            SELECT min(triggers.function_oid::regproc::text)
            FROM triggers
            WHERE triggers.table_oid = columns.table_oid
                AND triggers.tgtype & 19 = 19
                AND triggers.arguments = 0
                AND triggers.source ~* ('new\.' || columns.name || '\M')
        ) AS moved_by,
        columns.rows >= 100 AND coalesce(pg_stat_get_tuples_updated(columns.table_oid), 0) >= 100 AND standing.tablename IS NOT NULL
            AS is_seen_to_stand
    FROM columns
    LEFT JOIN standing
        ON standing.schemaname = columns.schema AND standing.tablename = columns.table_name AND standing.attname = columns.name
    WHERE columns.name IN ('updated_at', 'updated_on', 'modified_at', 'last_modified', 'last_modified_at', 'last_updated', 'updatedat', 'updatedAt')
        AND columns.type IN ('timestamptz', 'timestamp')
        AND NOT columns.is_generated
),
judged AS (
    SELECT
        *,
        bool_or(is_moved) OVER (PARTITION BY schema) AS is_custom,
        min(moved_by) OVER (PARTITION BY schema, name) AS mover,
        value ~* '(now\(\)|current_timestamp|clock_timestamp|timezone\()' AS has_default,
        count(*) FILTER (WHERE value ~* '(now\(\)|current_timestamp|clock_timestamp|timezone\()') OVER (PARTITION BY schema) AS defaults
    FROM stamped
)
SELECT
    'column' AS kind,
    identity AS object,
    format('nothing moves %s', identity) AS title,
    CASE
        WHEN is_seen_to_stand THEN format('No trigger sets %s, and the statistics show the time of creation in it though rows were updated.', identity)
        ELSE format('No trigger sets %s when a row changes, as triggers do for other tables of the schema.', identity)
    END AS description,
    CASE WHEN is_seen_to_stand THEN 'Medium' END AS priority,
    CASE WHEN is_seen_to_stand THEN 'Likely' END AS certainty,
    jsonb_build_object('default', value, 'seen_in_statistics', is_seen_to_stand) AS evidence,
    -- The function that does it for the other tables.
    CASE WHEN mover IS NOT NULL THEN format(
        'CREATE TRIGGER %I BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION %s();', left(table_name, 40) || '_set_' || left(name, 18), table_identity, mover
    ) END AS up,
    CASE WHEN mover IS NOT NULL THEN format('DROP TRIGGER %I ON %s;', left(table_name, 40) || '_set_' || left(name, 18), table_identity) END AS down
FROM judged
WHERE NOT is_moved
    AND (is_seen_to_stand OR (is_custom AND has_default))
UNION ALL
-- Where no table has such a trigger the application may do it: one line for all.
SELECT
    'schema',
    quote_ident(schema),
    CASE
        WHEN count(*) = 1 THEN format('%s has a default, and no trigger moves it', min(identity))
        ELSE format('%s columns such as %s have a default, and no trigger moves them', count(*), min(identity))
    END,
    format(
        'No trigger of schema %s sets the time of the last change in %s. If the application does so, whoever writes past it leaves the time as it was.',
        quote_ident(schema), string_agg(identity, ', ' ORDER BY identity)
    ),
    NULL,
    'Hint',
    jsonb_build_object('columns', jsonb_agg(identity ORDER BY identity)),
    NULL,
    NULL
FROM judged
WHERE NOT is_moved AND NOT is_custom AND NOT is_seen_to_stand AND has_default
GROUP BY schema
ORDER BY 1, 2
