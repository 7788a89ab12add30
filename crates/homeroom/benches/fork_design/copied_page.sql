SELECT messages.session_id, seq, role, content, meta, idempotency_key, messages.created_at
FROM messages
WHERE session_id = (SELECT chat_sessions.id FROM chat_sessions
JOIN users ON users.id = user_id WHERE chat_sessions.id = $1 AND chat_sessions.deleted_at IS NULL
AND users.deleted_at IS NULL) AND seq > $2
ORDER BY seq LIMIT 50
