-- The chat of source $1 that is no fork and has the most chats below it; of equals the first.
WITH RECURSIVE tree AS (
    SELECT chat_sessions.id AS root_id, chat_sessions.id
    FROM external_ids
    JOIN chat_sessions ON chat_sessions.id = external_ids.chat_session_id
    WHERE external_ids.source = $1 AND external_ids.kind = 'chat_session'
      AND chat_sessions.parent_session_id IS NULL AND chat_sessions.deleted_at IS NULL
    UNION ALL
    SELECT tree.root_id, fork.id
    FROM tree JOIN chat_sessions fork ON fork.parent_session_id = tree.id AND fork.deleted_at IS NULL
)
SELECT root_id FROM tree GROUP BY root_id ORDER BY count(*) DESC, root_id LIMIT 1
