-- Begins a session, if the person is live and active and still has the password that was verified. FOR SHARE: a change of the
-- password waits for us and ends the session, or we wait for it and find another hash.
WITH asked AS (
    SELECT $1 AS id, $2 AS user_id, $3 AS password_hash, $4 AS token_hash, $5 AS context,
        $6 AS lifetime, $7 AS student_lifetime, $8 AS shared_lifetime
),
person AS (
    SELECT users.* FROM users JOIN asked ON users.id = asked.user_id
    WHERE users.status = 'active' AND users.deleted_at IS NULL
      AND (asked.password_hash IS NULL OR users.password_hash = asked.password_hash)
    FOR SHARE OF users
),
session AS (
    INSERT INTO sessions (id, user_id, token_hash, context, expires_at)
    SELECT asked.id, person.id, asked.token_hash, asked.context, now() + CASE
        WHEN asked.context = 'shared' THEN asked.shared_lifetime
        WHEN (
            SELECT bool_and(role = 'student') FROM (
                SELECT role FROM group_members member JOIN groups ON groups.id = member.group_id
                WHERE member.user_id = person.id AND groups.deleted_at IS NULL
                UNION ALL
                SELECT role FROM class_members member
                JOIN classes ON classes.id = member.class_id JOIN groups ON groups.id = classes.group_id
                WHERE member.user_id = person.id AND classes.deleted_at IS NULL AND groups.deleted_at IS NULL
            ) AS roles
        ) THEN asked.student_lifetime
        ELSE asked.lifetime
    END
    FROM asked CROSS JOIN person
    RETURNING *
)
SELECT session.id, session.user_id, session.token_hash, session.context, session.created_at, session.last_activity_at,
    session.expires_at,
    person.id, person.email, person.name, person.password_hash, person.status, person.created_at, person.updated_at,
    person.deleted_at,
    home.id, home.path, member.role
FROM session CROSS JOIN person
LEFT JOIN (group_members member JOIN groups home ON home.id = member.group_id AND home.deleted_at IS NULL)
    ON member.user_id = person.id
ORDER BY home.path
