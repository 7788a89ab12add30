-- The page is cut before the tools are joined: a person's other chats cost no look-up of theirs.
WITH asked AS (
    SELECT $1 AS user_id, $2 AS before_time, $3 AS before_id, $4 AS rows
),
page AS (
    SELECT chat_sessions.*
    FROM asked
    JOIN users ON users.id = asked.user_id AND users.deleted_at IS NULL
    JOIN chat_sessions ON chat_sessions.user_id = users.id AND chat_sessions.deleted_at IS NULL
    WHERE asked.before_time IS NULL OR (last_activity_at, chat_sessions.id) < (asked.before_time, asked.before_id)
    ORDER BY last_activity_at DESC, chat_sessions.id DESC
    LIMIT (SELECT rows FROM asked)
)
SELECT page.id, page.user_id, page.tool_id, page.parent_session_id, page.fork_from_seq, page.last_seq, page.state,
    page.title, page.started_at, page.ended_at, page.last_activity_at, page.deleted_at,
    tools.id, tools.group_id, tools.type, tools.name, tools.version
FROM page JOIN tools ON tools.id = page.tool_id
ORDER BY page.last_activity_at DESC, page.id DESC
