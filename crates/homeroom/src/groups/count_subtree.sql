-- The group with all below it, what is live in them, and whoever is live in any of that, each person once.
WITH tree AS (
    SELECT id, type FROM groups
    WHERE path <@ (SELECT path FROM groups WHERE id = $1 AND deleted_at IS NULL) AND deleted_at IS NULL
),
held AS (
    SELECT classes.id FROM tree JOIN classes ON classes.group_id = tree.id AND classes.deleted_at IS NULL
),
people AS (
    SELECT user_id FROM tree JOIN group_members ON group_id = tree.id
    UNION
    SELECT user_id FROM held JOIN class_members ON class_id = held.id
)
SELECT
    (SELECT count(*) FROM tree WHERE type = 'district'),
    (SELECT count(*) FROM tree WHERE type = 'school'),
    (SELECT count(*) FROM tree WHERE type = 'department'),
    (SELECT count(*) FROM held),
    (SELECT count(*) FROM people JOIN users ON users.id = user_id AND users.deleted_at IS NULL)
