-- The session of a token with its person and roles, and its activity moved.
WITH asked AS (
    SELECT $1 AS token_hash, $2 AS idle_timeout, $3 AS activity_resolution, $4 AS lifetime, $5 AS student_lifetime
),
found AS (
    SELECT sessions.*
    FROM asked
    JOIN sessions ON sessions.token_hash = asked.token_hash
    JOIN users ON users.id = sessions.user_id
    WHERE sessions.expires_at > now()
      AND (asked.idle_timeout IS NULL OR sessions.last_activity_at > now() - asked.idle_timeout)
      AND users.status = 'active' AND users.deleted_at IS NULL
),
-- SKIP LOCKED: of the many requests of a page that is opened after a while, one writes and none waits. The row is asked once
-- more, as it may have been moved or rotated meanwhile.
resting AS (
    SELECT sessions.id
    FROM asked
    JOIN found ON found.last_activity_at <= now() - asked.activity_resolution
    JOIN sessions ON sessions.id = found.id
    WHERE sessions.token_hash = asked.token_hash
      AND sessions.last_activity_at <= now() - asked.activity_resolution
    FOR NO KEY UPDATE OF sessions SKIP LOCKED
),
moved AS (
    UPDATE sessions SET last_activity_at = now(), expires_at = CASE
        WHEN sessions.context = 'shared' THEN sessions.expires_at
        ELSE (
            SELECT CASE WHEN sessions.expires_at < now() + life / 2 THEN now() + life ELSE sessions.expires_at END
            FROM (
                SELECT CASE WHEN bool_and(role = 'student') THEN asked.student_lifetime ELSE asked.lifetime END AS life
                FROM (
                    SELECT role FROM group_members member JOIN groups ON groups.id = member.group_id
                    WHERE member.user_id = sessions.user_id AND groups.deleted_at IS NULL
                    UNION ALL
                    SELECT role FROM class_members member
                    JOIN classes ON classes.id = member.class_id JOIN groups ON groups.id = classes.group_id
                    WHERE member.user_id = sessions.user_id AND classes.deleted_at IS NULL AND groups.deleted_at IS NULL
                ) AS roles
            ) AS policy
        )
    END
    FROM resting CROSS JOIN asked
    WHERE sessions.id = resting.id
    RETURNING sessions.id, sessions.last_activity_at, sessions.expires_at
)
SELECT found.id, found.user_id, found.token_hash, found.context, found.created_at,
    coalesce(moved.last_activity_at, found.last_activity_at), coalesce(moved.expires_at, found.expires_at),
    users.id, users.email, users.name, users.password_hash, users.status, users.created_at, users.updated_at, users.deleted_at,
    home.id, home.path, member.role
FROM found
JOIN users ON users.id = found.user_id
LEFT JOIN moved ON moved.id = found.id
LEFT JOIN (group_members member JOIN groups home ON home.id = member.group_id AND home.deleted_at IS NULL)
    ON member.user_id = found.user_id
ORDER BY home.path
