-- As append.sql, for several messages: the counter is raised once.
WITH asked AS (
    SELECT $1 AS session_id, $2 AS messages
),
chat AS (
    UPDATE chat_sessions SET last_seq = last_seq + asked.messages, last_activity_at = greatest(last_activity_at, now())
    FROM asked
    WHERE chat_sessions.id = asked.session_id
      AND EXISTS (SELECT FROM users WHERE users.id = chat_sessions.user_id AND users.deleted_at IS NULL)
    RETURNING chat_sessions.id, last_seq - asked.messages AS seq_before, asked.messages
),
appended AS (
    INSERT INTO messages (session_id, seq, role, content, meta)
    -- Side by side, and not FROM unnest($3, $4, $5): that keeps all rows before the first is inserted, on disk if they are many.
    SELECT chat.id, chat.seq_before + generate_series(1, chat.messages), unnest($3), unnest($4), unnest($5)
    FROM chat
)
SELECT seq_before, now() FROM chat
