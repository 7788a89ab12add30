-- The strongest role that a person has at a group, and the group that grants it; of several the nearest. What stands below a
-- deleted group is deleted itself.
WITH asked AS (
    SELECT $1 AS user_id, $2 AS group_id
)
SELECT member.role, home.id
FROM asked
JOIN users person ON person.id = asked.user_id AND person.status = 'active' AND person.deleted_at IS NULL
JOIN groups place ON place.id = asked.group_id AND place.deleted_at IS NULL
JOIN group_members member ON member.user_id = person.id
JOIN groups home ON home.id = member.group_id AND home.deleted_at IS NULL
WHERE home.id = place.id
   OR member.role = 'system_admin'
   OR (member.role = 'group_admin' AND home.path @> place.path)
ORDER BY array_position(ARRAY['system_admin', 'group_admin', 'teacher', 'student'], member.role),
    home.path @> place.path DESC, nlevel(home.path) DESC, home.path
LIMIT 1
