INSERT INTO chat_sessions (id, user_id, tool_id, title) VALUES ($1, $2, $3, $4)
RETURNING id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, state, title, started_at, ended_at,
    last_activity_at, deleted_at
