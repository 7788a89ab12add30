-- Each live group of the tree below group $1 (null: of all trees) with what is live in it and below it; a person counts once.
-- Written for a planner without statistics, as after an import: every join is by an index, or against few rows.
WITH RECURSIVE
asked AS (
    SELECT $1 AS id
),
tree AS (
    SELECT groups.id
    FROM groups
    WHERE groups.deleted_at IS NULL
      AND ((SELECT id FROM asked) IS NULL OR groups.path <@ (
          SELECT top.path FROM groups top JOIN asked ON asked.id = top.id WHERE top.deleted_at IS NULL))
),
-- Every group of the tree with itself and with each above it.
above AS (
    SELECT id AS group_id, id AS below_id FROM tree
    UNION ALL
    SELECT groups.parent_id, above.below_id
    FROM above
    JOIN groups ON groups.id = above.group_id
    CROSS JOIN asked
    WHERE groups.parent_id IS NOT NULL AND groups.id IS DISTINCT FROM asked.id
),
-- Whoever is at a group by the members of it or of its classes.
people AS (
    SELECT above.group_id, member.user_id, member.role
    FROM above
    JOIN group_members member ON member.group_id = above.below_id
    WHERE member.role IN ('teacher', 'student')
    UNION
    SELECT above.group_id, member.user_id, member.role
    FROM above
    JOIN classes ON classes.group_id = above.below_id AND classes.deleted_at IS NULL
    JOIN class_members member ON member.class_id = classes.id
),
counts AS (
    SELECT group_id, sum(classes)::bigint AS classes, sum(teachers)::bigint AS teachers, sum(students)::bigint AS students
    FROM (
        SELECT id, 0, 0, 0 FROM tree
        UNION ALL
        SELECT above.group_id, count(*), 0, 0
        FROM above JOIN classes ON classes.group_id = above.below_id AND classes.deleted_at IS NULL
        GROUP BY above.group_id
        UNION ALL
        SELECT people.group_id, 0,
            count(*) FILTER (WHERE people.role = 'teacher'), count(*) FILTER (WHERE people.role = 'student')
        FROM people JOIN users ON users.id = people.user_id AND users.deleted_at IS NULL
        GROUP BY people.group_id
    ) AS part (group_id, classes, teachers, students)
    GROUP BY group_id
)
SELECT groups.id, groups.parent_id, groups.name, groups.type, groups.path,
    counts.classes, counts.teachers, counts.students
FROM counts JOIN groups ON groups.id = counts.group_id
ORDER BY groups.path
