SELECT messages.session_id, seq, role, content, meta, idempotency_key, messages.created_at
FROM messages
JOIN chat_sessions ON chat_sessions.id = session_id AND chat_sessions.deleted_at IS NULL
JOIN users ON users.id = user_id AND users.deleted_at IS NULL
WHERE session_id = $1 AND seq > $2
ORDER BY seq LIMIT 50
