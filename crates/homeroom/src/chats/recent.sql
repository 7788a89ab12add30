-- The first page. It is cut before the tools are joined: a person's other chats cost no look-up of theirs.
WITH page AS (
    SELECT chat_sessions.*
    FROM users
    JOIN chat_sessions ON chat_sessions.user_id = users.id
    WHERE users.id = $1 AND users.deleted_at IS NULL AND chat_sessions.deleted_at IS NULL
    ORDER BY last_activity_at DESC, chat_sessions.id DESC
    LIMIT $2
)
SELECT page.id, page.user_id, page.tool_id, page.parent_session_id, page.fork_from_seq, page.last_seq, page.state,
    page.title, page.started_at, page.ended_at, page.last_activity_at, page.deleted_at,
    tools.id, tools.group_id, tools.type, tools.name, tools.version
FROM page JOIN tools ON tools.id = page.tool_id
ORDER BY page.last_activity_at DESC, page.id DESC
