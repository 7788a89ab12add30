-- As src/chats/fork.sql, without the copies.
WITH asked AS (
    SELECT $1 AS id, $2 AS parent_id, $3 AS seq, $4 AS user_id
)
INSERT INTO chat_sessions (id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, title)
SELECT asked.id, asked.user_id, parent.tool_id, parent.id, asked.seq, asked.seq, parent.title
FROM asked
JOIN chat_sessions parent ON parent.id = asked.parent_id
JOIN users ON users.id = parent.user_id AND users.deleted_at IS NULL
WHERE asked.seq BETWEEN 1 AND parent.last_seq
RETURNING id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, state, title, started_at, ended_at,
    last_activity_at, deleted_at
