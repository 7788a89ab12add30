-- From the root down to the chat itself. What was removed on the way is left out, not what stands above it.
WITH RECURSIVE line AS (
    SELECT chat_sessions.*, 0 AS height
    FROM chat_sessions JOIN users ON users.id = user_id AND users.deleted_at IS NULL
    WHERE chat_sessions.id = $1 AND chat_sessions.deleted_at IS NULL
    UNION ALL
    SELECT parent.*, line.height + 1
    FROM line JOIN chat_sessions parent ON parent.id = line.parent_session_id
)
SELECT line.id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, state, title, started_at, ended_at,
    last_activity_at, line.deleted_at
FROM line JOIN users ON users.id = line.user_id AND users.deleted_at IS NULL
WHERE line.deleted_at IS NULL
ORDER BY height DESC
