-- Raises the chat's counter and inserts, in one statement: the row lock of the UPDATE makes appends of one chat queue up.
-- Completed and deleted chats are not left out here: the trigger on the counter refuses them and says which it is.
WITH chat AS (
    UPDATE chat_sessions SET last_seq = last_seq + 1, last_activity_at = greatest(last_activity_at, now())
    WHERE chat_sessions.id = $1
      AND EXISTS (SELECT FROM users WHERE users.id = chat_sessions.user_id AND users.deleted_at IS NULL)
    RETURNING chat_sessions.id, last_seq
)
-- What the client has already is not sent back.
INSERT INTO messages (session_id, seq, role, content, meta)
SELECT id, last_seq, $2, $3, $4 FROM chat
RETURNING seq, created_at
