-- As ChatSession::find_with_messages sends it, beside the chat's own row.
SELECT session_id, seq, role, content, meta, idempotency_key, created_at FROM messages WHERE session_id = $1 ORDER BY seq
