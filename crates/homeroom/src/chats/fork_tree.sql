-- Depth first: a fork stands behind the chat that it leaves, by the place where it leaves it.
WITH RECURSIVE tree AS (
    SELECT chat_sessions.*, 0 AS depth, ARRAY[]::text[] AS place
    FROM chat_sessions JOIN users ON users.id = user_id AND users.deleted_at IS NULL
    WHERE chat_sessions.id = $1 AND chat_sessions.deleted_at IS NULL
    UNION ALL
    SELECT fork.*, tree.depth + 1, tree.place || (lpad(fork.fork_from_seq::text, 10, '0') || fork.id::text)
    FROM tree
    JOIN chat_sessions fork ON fork.parent_session_id = tree.id AND fork.deleted_at IS NULL
    JOIN users ON users.id = fork.user_id AND users.deleted_at IS NULL
)
SELECT id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, state, title, started_at, ended_at,
    last_activity_at, deleted_at, depth
FROM tree ORDER BY place
