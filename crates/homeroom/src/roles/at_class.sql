-- The strongest role that a person has at a class, and the group (else: the class itself) that grants it; of several groups
-- the nearest. A teacher or student of the group is none of the class.
WITH asked AS (
    SELECT $1 AS user_id, $2 AS class_id
),
place AS (
    SELECT person.id AS user_id, class.id AS class_id, groups.path
    FROM asked
    JOIN users person ON person.id = asked.user_id AND person.status = 'active' AND person.deleted_at IS NULL
    JOIN classes class ON class.id = asked.class_id AND class.deleted_at IS NULL
    JOIN groups ON groups.id = class.group_id AND groups.deleted_at IS NULL
),
granted AS (
    SELECT member.role, home.id AS group_id, home.path @> place.path AS is_around, nlevel(home.path) AS depth, home.path
    FROM place
    JOIN group_members member ON member.user_id = place.user_id
    JOIN groups home ON home.id = member.group_id AND home.deleted_at IS NULL
    WHERE member.role = 'system_admin' OR (member.role = 'group_admin' AND home.path @> place.path)
    UNION ALL
    SELECT member.role, NULL, NULL, NULL, NULL
    FROM place
    JOIN class_members member ON member.class_id = place.class_id AND member.user_id = place.user_id
)
SELECT role, group_id FROM granted
ORDER BY array_position(ARRAY['system_admin', 'group_admin', 'teacher', 'student'], role), is_around DESC, depth DESC, path
LIMIT 1
