, links AS (
    SELECT key.oid, key.conrelid AS child, key.confrelid AS parent, key.confdeltype AS action, key.conname, key.condeferrable
    FROM pg_constraint AS key
    JOIN tables ON tables.oid = key.conrelid
    WHERE key.contype = 'f' AND key.conparentid = 0
),
-- Which tables lose rows when one of a root is deleted, and by which chain.
reached AS (
    WITH RECURSIVE down AS (
        SELECT parent AS root, child AS reached, ARRAY[parent, child] AS chain
        FROM links
        WHERE action = 'c' AND parent <> child
        UNION ALL
        SELECT down.root, links.child, down.chain || links.child
        FROM down
        JOIN links ON links.parent = down.reached AND links.action = 'c'
        WHERE NOT links.child = ANY (down.chain) AND cardinality(down.chain) < 6
    )
    SELECT DISTINCT ON (root, reached) root, reached, chain
    FROM down
    ORDER BY root, reached, cardinality(chain), chain
),
blocked AS (
    SELECT links.*, reached.root, reached.chain
    FROM links
    JOIN reached ON reached.reached = links.parent
    WHERE links.action IN ('a', 'r')
        AND NOT links.condeferrable
        AND links.child <> links.parent
        -- What is deleted along with its parent doesn't block, unless it is looked at before.
        AND (links.action = 'r' OR links.child <> reached.root)
        AND (links.action = 'r' OR NOT EXISTS (
            SELECT FROM reached AS also WHERE also.root = reached.root AND also.reached = links.child
        ))
        -- A rule that forbids to delete the root itself is meant.
        AND NOT EXISTS (
            SELECT FROM links AS direct
            WHERE direct.child = links.child AND direct.parent = reached.root AND direct.action IN ('a', 'r')
        )
)
SELECT
    'constraint' AS kind,
    format('%s.%I', child::regclass, conname) AS object,
    format(
        'deleting of %s fails once a row of %s refers to %s',
        string_agg(DISTINCT root::regclass::text, ', ' ORDER BY root::regclass::text), child::regclass, parent::regclass
    ) AS title,
    format(
        'A deleted row of %s takes its rows of %s along, and %s forbids that.',
        string_agg(DISTINCT root::regclass::text, ', ' ORDER BY root::regclass::text), parent::regclass, quote_ident(conname)
    ) AS description,
    jsonb_build_object(
        'constraint', pg_get_constraintdef(oid),
        'chains', jsonb_agg(DISTINCT (SELECT string_agg(step::regclass::text, ' > ' ORDER BY position) FROM unnest(chain) WITH ORDINALITY AS steps (step, position)))
    ) AS evidence
FROM blocked
GROUP BY oid, child, parent, conname
ORDER BY 2
