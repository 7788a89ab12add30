-- In the order of the arrays, which has parents before their forks: the trigger that looks for the parent sees the rows
-- that this statement has inserted already.
WITH new_chats AS (
    SELECT * FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11) WITH ORDINALITY
        AS new (external_id, id, user_id, parent_id, fork_from_seq, last_seq, title, started_at, last_activity_at, place)
), created AS (
    INSERT INTO chat_sessions (id, user_id, tool_id, parent_session_id, fork_from_seq, last_seq, title, started_at,
        last_activity_at)
    SELECT id, user_id, $2, parent_id, fork_from_seq, last_seq, title, started_at, last_activity_at
    FROM new_chats ORDER BY place
)
INSERT INTO external_ids (source, kind, external_id, chat_session_id)
SELECT $1, 'chat_session', external_id, id FROM new_chats
