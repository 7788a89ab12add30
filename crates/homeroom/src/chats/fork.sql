-- The new chat and its copies of the parent's messages, in one statement. A trigger refuses a deleted parent, and says so.
WITH asked AS (
    SELECT $1 AS id, $2 AS parent_id, $3 AS seq, $4 AS user_id
),
-- The person before the chat, as an erasure locks them, so that the two can't deadlock.
parent AS MATERIALIZED (
    SELECT chat_sessions.id, chat_sessions.user_id, chat_sessions.tool_id, chat_sessions.title
    FROM asked
    JOIN chat_sessions ON chat_sessions.id = asked.parent_id
    JOIN users ON users.id = chat_sessions.user_id AND users.deleted_at IS NULL
    WHERE asked.seq BETWEEN 1 AND chat_sessions.last_seq
    FOR KEY SHARE OF users
),
fork AS (
    INSERT INTO chat_sessions (id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, title)
    -- A title is its person's own words: somebody else's fork does not take it along.
    SELECT asked.id, asked.user_id, parent.tool_id, parent.id, asked.seq, asked.seq,
        CASE WHEN parent.user_id = asked.user_id THEN parent.title END
    FROM asked CROSS JOIN parent
    RETURNING *
),
copied AS (
    INSERT INTO messages (session_id, seq, role, content, meta, created_at, origin_user_id)
    SELECT fork.id, messages.seq, messages.role, messages.content, messages.meta, messages.created_at,
        nullif(coalesce(messages.origin_user_id, parent.user_id), fork.user_id)
    FROM fork
    CROSS JOIN parent
    JOIN messages ON messages.session_id = fork.parent_session_id AND messages.seq <= fork.fork_from_seq
)
SELECT id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, state, title, started_at, ended_at,
    last_activity_at, deleted_at
FROM fork
