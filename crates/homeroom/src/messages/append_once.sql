-- As append.sql, for a message with an idempotency key: where the chat has it already, its row comes back and nothing is written.
WITH asked AS (
    SELECT $1 AS session_id, $2 AS idempotency_key
),
repeated AS (
    SELECT messages.* FROM messages JOIN asked USING (session_id, idempotency_key)
),
chat AS (
    UPDATE chat_sessions SET last_seq = last_seq + 1, last_activity_at = greatest(last_activity_at, now())
    FROM asked
    WHERE chat_sessions.id = asked.session_id
      AND EXISTS (SELECT FROM users WHERE users.id = chat_sessions.user_id AND users.deleted_at IS NULL)
      AND NOT EXISTS (SELECT FROM repeated)
    RETURNING chat_sessions.id, last_seq, asked.idempotency_key
),
appended AS (
    INSERT INTO messages (session_id, seq, role, content, meta, idempotency_key)
    SELECT id, last_seq, $3, $4, $5, idempotency_key FROM chat
    RETURNING session_id, seq, role, content, meta, messages.idempotency_key, created_at
)
SELECT session_id, seq, role, content, meta, idempotency_key, created_at FROM appended
UNION ALL
SELECT session_id, seq, role, content, meta, idempotency_key, created_at FROM repeated
