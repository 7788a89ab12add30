, twins AS (
    SELECT
        tables.identity,
        rule.oid,
        rule.conname,
        rule.contype,
        rule.contype IN ('p', 'u') AND EXISTS (
            SELECT FROM pg_constraint AS user_of
            WHERE user_of.contype = 'f' AND user_of.conindid = rule.conindid
        ) AS is_needed,
        tables.oid AS table_oid,
        -- A primary key forbids what a unique constraint forbids, and more. Two foreign keys with different actions are twins too:
        -- the one that forbids more decides.
        CASE rule.contype
            WHEN 'f' THEN concat_ws('/', 'f', rule.conkey, rule.confkey, rule.confrelid)
            WHEN 'c' THEN concat_ws('/', 'c', pg_get_expr(rule.conbin, rule.conrelid))
            ELSE concat_ws('/', 'u', rule.conkey, rule.condeferrable)
        END AS structure
    FROM tables
    JOIN pg_constraint AS rule ON rule.conrelid = tables.oid
    WHERE rule.contype IN ('p', 'u', 'f', 'c') AND rule.conparentid = 0
        AND coalesce((to_jsonb(rule) ->> 'conenforced')::boolean, true)
),
ranked AS (
    SELECT
        *,
        row_number() OVER same AS rank,
        first_value(conname) OVER same AS kept,
        first_value(oid) OVER same AS kept_oid
    FROM twins
    WINDOW same AS (PARTITION BY table_oid, structure ORDER BY contype = 'p' DESC, is_needed DESC, conname)
),
superfluous AS (
    SELECT *, pg_get_constraintdef(oid) AS definition, pg_get_constraintdef(kept_oid) AS kept_definition
    FROM ranked
    WHERE rank > 1 AND NOT is_needed
)
SELECT
    'constraint' AS kind,
    format('%s.%I', identity, conname) AS object,
    format('%s of %s says what %s says', quote_ident(conname), identity, quote_ident(kept)) AS title,
    jsonb_build_object('superfluous', definition, 'kept', kept_definition) AS evidence,
    CASE WHEN definition = kept_definition OR contype = 'u' THEN
        format('ALTER TABLE %s DROP CONSTRAINT %I;', identity, conname)
    END AS up,
    CASE WHEN definition = kept_definition OR contype = 'u' THEN
        format('ALTER TABLE %s ADD CONSTRAINT %I %s;', identity, conname, definition)
    END AS down
FROM superfluous
-- What takes nulls for equal forbids more than what doesn't.
WHERE definition NOT LIKE '%NULLS NOT DISTINCT%' OR kept_definition LIKE '%NULLS NOT DISTINCT%'
ORDER BY 2
