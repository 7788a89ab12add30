-- The new chat and its copies of the parent's messages, in one statement. A trigger refuses a deleted parent, and says so.
WITH asked AS (
    SELECT $1 AS id, $2 AS parent_id, $3 AS seq, $4 AS user_id
),
fork AS (
    INSERT INTO chat_sessions (id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, title)
    SELECT asked.id, asked.user_id, parent.tool_id, parent.id, asked.seq, asked.seq, parent.title
    FROM asked
    JOIN chat_sessions parent ON parent.id = asked.parent_id
    JOIN users ON users.id = parent.user_id AND users.deleted_at IS NULL
    WHERE asked.seq BETWEEN 1 AND parent.last_seq
    RETURNING *
),
copied AS (
    INSERT INTO messages (session_id, seq, role, content, meta, created_at)
    SELECT fork.id, messages.seq, messages.role, messages.content, messages.meta, messages.created_at
    FROM fork
    JOIN messages ON messages.session_id = fork.parent_session_id AND messages.seq <= fork.fork_from_seq
)
SELECT id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, state, title, started_at, ended_at,
    last_activity_at, deleted_at
FROM fork
