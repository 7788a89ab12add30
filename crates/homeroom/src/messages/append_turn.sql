-- As append.sql, for several messages: the counter is raised once.
WITH asked AS (
    SELECT $1 AS session_id, $2 AS messages
),
chat AS (
    UPDATE chat_sessions SET last_seq = last_seq + asked.messages, last_activity_at = greatest(last_activity_at, now())
    FROM asked
    WHERE chat_sessions.id = asked.session_id
      AND EXISTS (SELECT FROM users WHERE users.id = chat_sessions.user_id AND users.deleted_at IS NULL)
    RETURNING chat_sessions.id, last_seq - asked.messages AS seq_before
),
appended AS (
    INSERT INTO messages (session_id, seq, role, content, meta)
    SELECT chat.id, chat.seq_before + new.place, new.role, new.content, new.meta
    FROM chat CROSS JOIN unnest($3, $4, $5) WITH ORDINALITY AS new (role, content, meta, place)
)
SELECT seq_before, now() FROM chat
