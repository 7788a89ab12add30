-- The keys of one column, and the names by which columns call them: users or user, with the schema of their own before others.
, keys AS (
    SELECT columns.table_oid, columns.table_identity, columns.schema, columns.table_name, columns.name, columns.type_oid
    FROM pg_constraint AS rule
    JOIN columns ON columns.table_oid = rule.conrelid AND ARRAY[columns.attnum] = rule.conkey
    WHERE rule.contype = 'p' AND columns.name ~* '^(id|uuid|guid)$'
),
-- team_id and teamId stand for a row of team, teams and the like.
spelled AS MATERIALIZED (
    SELECT columns.*, regexp_replace(lower(columns.name), rule.pattern, rule.ending) AS spelling
    FROM columns
    CROSS JOIN (VALUES ('_?id$', ''), ('_?id$', 's'), ('_?id$', 'es'), ('y_?id$', 'ies')) AS rule (pattern, ending)
    WHERE columns.name ~ '(_id|[a-z]Id)$'
        AND NOT columns.is_generated
),
candidates AS (
    SELECT
        columns.*,
        keys.table_identity AS referenced,
        keys.table_oid AS referenced_oid,
        keys.name AS referenced_column,
        EXISTS (
            SELECT FROM pg_constraint AS key
            WHERE key.conrelid = columns.table_oid AND key.contype = 'f' AND columns.attnum = ANY (key.conkey)
        ) AS has_key
    FROM spelled AS columns
    JOIN keys
        ON keys.schema = columns.schema
        AND keys.table_oid <> columns.table_oid
        AND keys.type_oid = columns.type_oid
        AND lower(keys.table_name) = columns.spelling
),
judged AS (
    SELECT
        *,
        avg(has_key::integer) OVER (PARTITION BY schema) AS share,
        count(*) OVER (PARTITION BY schema) AS all_such
    FROM candidates
)
SELECT
    'column' AS kind,
    identity AS object,
    format('%s is no foreign key to %s', identity, referenced) AS title,
    format('%s is named and typed as a reference to %s, but none holds it, while %s %% of such columns of the schema have one.', identity, referenced, trunc(share * 100)) AS description,
    jsonb_build_object('referenced', referenced || '.' || quote_ident(referenced_column), 'share_with_key', round(share, 2)) AS evidence,
    format(
        E'ALTER TABLE %1$s ADD CONSTRAINT %2$I FOREIGN KEY (%3$I) REFERENCES %4$s (%5$I) NOT VALID;\nALTER TABLE %1$s VALIDATE CONSTRAINT %2$I;',
        table_identity, left(table_name || '_' || name, 50) || '_fkey', name, referenced, referenced_column
    ) AS up,
    format('ALTER TABLE %s DROP CONSTRAINT %I;', table_identity, left(table_name || '_' || name, 50) || '_fkey') AS down
FROM judged
WHERE NOT has_key
    AND share >= 0.7 AND all_such >= 4
    -- What keeps a record of what was outlives it on purpose.
    AND table_name !~* '(log|logs|audit|audits|history|histories|events?|archives?|deleted|deletions?|versions?|outbox|tombstones?|snapshots?|metrics|stats|usage)$'
    AND table_name !~* '^(deleted|archived|audit|log|history)_'
ORDER BY 2
