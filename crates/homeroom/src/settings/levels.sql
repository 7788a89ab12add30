-- What is set from the root down: the system's default, then by each group around group $1 and by itself, or around class $2
-- and by the class. $1 and $2: one of them is null. No rows: there is no such live place.
WITH asked AS (
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
)
SELECT group_id, class_id, path, settings
FROM (
    SELECT 0 AS depth, NULL::uuid AS group_id, NULL::uuid AS class_id, NULL::ltree AS path, system_default_settings() AS settings
    FROM here
    UNION ALL
    SELECT nlevel(above.path), above.id, NULL, above.path, above.settings
    FROM here JOIN groups above ON above.path @> here.path AND above.deleted_at IS NULL
    UNION ALL
    SELECT nlevel(here.path) + 1, class.group_id, class.id, here.path, class.settings
    FROM here CROSS JOIN class
) AS level
ORDER BY depth
