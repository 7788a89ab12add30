-- In the order of the people, so that two of these can't deadlock.
WITH asked AS (
    SELECT $1 AS class_id
),
wanted AS (
    SELECT asked.class_id, member.user_id, member.role
    FROM asked CROSS JOIN unnest($2, $3) AS member (user_id, role)
),
written AS (
    INSERT INTO class_members AS present (class_id, user_id, role)
    SELECT class_id, user_id, role FROM wanted ORDER BY user_id
    ON CONFLICT (class_id, user_id) DO UPDATE SET role = excluded.role WHERE present.role <> excluded.role
    -- A row that was there has the mark of the update that replaced it.
    RETURNING present.xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new) AS added, count(*) FILTER (WHERE NOT is_new) AS changed,
    (SELECT count(*) FROM wanted) - count(*) AS unchanged
FROM written
