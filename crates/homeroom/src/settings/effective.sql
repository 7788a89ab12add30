-- Every key in force at group $1 or class $2, with who set it; and every key that is locked, with who locked it. $1 and $2:
-- one of them is null.
WITH RECURSIVE
asked AS (
    SELECT $1 AS group_id, $2 AS class_id
),
class AS (
    SELECT classes.id, classes.group_id, classes.settings
    FROM asked JOIN classes ON classes.id = asked.class_id AND classes.deleted_at IS NULL
),
here AS (
    SELECT groups.path
    FROM groups
    WHERE groups.id = coalesce((SELECT group_id FROM asked), (SELECT group_id FROM class)) AND groups.deleted_at IS NULL
),
levels AS (
    SELECT 0 AS depth, NULL::uuid AS group_id, NULL::uuid AS class_id, NULL::ltree AS path, system_default_settings() AS settings
    FROM here
    UNION ALL
    SELECT nlevel(above.path), above.id, NULL, above.path, above.settings
    FROM here JOIN groups above ON above.path @> here.path AND above.deleted_at IS NULL
    UNION ALL
    SELECT nlevel(here.path) + 1, class.group_id, class.id, here.path, class.settings
    FROM here CROSS JOIN class
),
-- Objects are opened down to what is none; an empty object sets nothing.
opened AS (
    SELECT depth, group_id, class_id, path, part.is_lock, ARRAY[]::text[] AS key, part.value
    FROM levels CROSS JOIN LATERAL (
        VALUES (false, settings - 'locked'), (true, settings -> 'locked')
    ) AS part (is_lock, value)
    UNION ALL
    SELECT opened.depth, opened.group_id, opened.class_id, opened.path, opened.is_lock, opened.key || inner_key, inner_value
    FROM opened CROSS JOIN LATERAL jsonb_each(
        CASE WHEN jsonb_typeof(opened.value) = 'object' THEN opened.value ELSE '{}' END
    ) AS entry (inner_key, inner_value)
),
-- A key is locked by the highest that locks it.
locks AS (
    SELECT DISTINCT ON (key) * FROM opened WHERE is_lock AND value = 'true' ORDER BY key, depth
),
-- What a lock of a higher level leaves: neither the locked key, nor what would replace the object that it is in.
leaves AS MATERIALIZED (
    SELECT * FROM opened AS leaf
    WHERE NOT is_lock AND jsonb_typeof(value) <> 'object' AND NOT EXISTS (
        SELECT FROM locks
        WHERE locks.depth < leaf.depth
          AND locks.key[1:least(cardinality(locks.key), cardinality(leaf.key))]
            = leaf.key[1:least(cardinality(locks.key), cardinality(leaf.key))])
)
SELECT false AS is_lock, leaf.key, leaf.value, leaf.group_id, leaf.class_id, leaf.path
FROM leaves AS leaf
WHERE NOT EXISTS (
    -- A deeper level wins: on the same key, and where one of the two has an object and the other has not.
    SELECT FROM leaves AS deeper
    WHERE deeper.depth > leaf.depth
      AND deeper.key[1:least(cardinality(deeper.key), cardinality(leaf.key))]
        = leaf.key[1:least(cardinality(deeper.key), cardinality(leaf.key))]
)
UNION ALL
SELECT true, key, value, group_id, class_id, path FROM locks
