-- Only what a schedule shows of a class's settings: the rest can be long.
WITH asked AS (
    SELECT $1 AS user_id, $2 AS after_name, $3 AS after_id, $4 AS rows
)
SELECT classes.id, classes.name, member.role, groups.id, groups.name, groups.path,
    classes.settings #>> '{roster,course,title}', classes.settings #> '{roster,terms}',
    classes.settings #> '{roster,periods}'
FROM asked
JOIN users ON users.id = asked.user_id AND users.deleted_at IS NULL
JOIN class_members member ON member.user_id = users.id
JOIN classes ON classes.id = member.class_id AND classes.deleted_at IS NULL
JOIN groups ON groups.id = classes.group_id AND groups.deleted_at IS NULL
WHERE asked.after_name IS NULL OR (classes.name, classes.id) > (asked.after_name, asked.after_id)
ORDER BY classes.name, classes.id
LIMIT (SELECT rows FROM asked)
