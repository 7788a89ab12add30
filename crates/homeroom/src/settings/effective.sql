-- Every key in force at group $1, with the group that set it. $2: the system's default.
WITH RECURSIVE
levels AS (
    SELECT nlevel(above.path) AS depth, above.id AS group_id, above.path, above.settings
    FROM groups here JOIN groups above ON above.path @> here.path AND above.deleted_at IS NULL
    WHERE here.id = $1 AND here.deleted_at IS NULL
    UNION ALL
    SELECT 0, NULL, NULL, $2
    FROM groups here WHERE here.id = $1 AND here.deleted_at IS NULL
),
-- Objects are opened down to what is none; an empty object sets nothing.
opened AS (
    SELECT depth, group_id, path, ARRAY[]::text[] AS key, settings AS value FROM levels
    UNION ALL
    SELECT opened.depth, opened.group_id, opened.path, opened.key || inner_key, inner_value
    FROM opened CROSS JOIN LATERAL jsonb_each(
        CASE WHEN jsonb_typeof(opened.value) = 'object' THEN opened.value ELSE '{}' END
    ) AS entry (inner_key, inner_value)
),
leaves AS (
    SELECT * FROM opened WHERE jsonb_typeof(value) <> 'object'
)
SELECT leaf.key, leaf.value, leaf.group_id, leaf.path
FROM leaves AS leaf
WHERE NOT EXISTS (
    -- A deeper group wins: on the same key, and where one of the two has an object and the other has not.
    SELECT FROM leaves AS deeper
    WHERE deeper.depth > leaf.depth
      AND deeper.key[1:least(cardinality(deeper.key), cardinality(leaf.key))]
        = leaf.key[1:least(cardinality(deeper.key), cardinality(leaf.key))]
)
ORDER BY leaf.key
