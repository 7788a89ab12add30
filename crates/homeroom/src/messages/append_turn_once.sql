-- As append_turn.sql, for messages with idempotency keys: the counter is raised by as many as the chat has not got yet.
WITH asked AS (
    SELECT $1 AS session_id
),
turn AS (
    SELECT asked.session_id, new.*
    FROM asked
    CROSS JOIN unnest($2, $3, $4, $5) WITH ORDINALITY AS new (idempotency_key, role, content, meta, place)
),
repeated AS (
    SELECT messages.*, turn.place FROM messages JOIN turn USING (session_id, idempotency_key)
),
missing AS (
    SELECT turn.*, row_number() OVER (ORDER BY place)::integer AS number
    FROM turn WHERE place NOT IN (SELECT place FROM repeated)
),
chat AS (
    UPDATE chat_sessions SET last_seq = last_seq + added.messages, last_activity_at = greatest(last_activity_at, now())
    FROM asked CROSS JOIN (SELECT count(*)::integer FROM missing) AS added (messages)
    WHERE chat_sessions.id = asked.session_id
      AND EXISTS (SELECT FROM users WHERE users.id = chat_sessions.user_id AND users.deleted_at IS NULL)
      AND added.messages > 0
    RETURNING chat_sessions.id, last_seq - added.messages AS seq_before
),
appended AS (
    INSERT INTO messages (session_id, seq, role, content, meta, idempotency_key)
    SELECT chat.id, chat.seq_before + missing.number, missing.role, missing.content, missing.meta, missing.idempotency_key
    FROM chat CROSS JOIN missing
    ORDER BY missing.number
    RETURNING session_id, seq, role, content, meta, idempotency_key, created_at
)
SELECT session_id, seq, role, content, meta, idempotency_key, created_at
FROM (
    SELECT appended.*, missing.place
    FROM appended
    CROSS JOIN chat
    JOIN missing ON missing.number = appended.seq - chat.seq_before
    UNION ALL
    SELECT session_id, seq, role, content, meta, idempotency_key, created_at, place FROM repeated
) AS turn
ORDER BY place
