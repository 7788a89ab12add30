-- Person $1, live or removed, with all that is theirs: counted, then deleted. Foreign keys and triggers carry it on.
WITH person AS (
    SELECT id FROM users WHERE id = $1 FOR UPDATE
),
own_chats AS (
    SELECT chat_sessions.id, chat_sessions.last_seq FROM person JOIN chat_sessions ON chat_sessions.user_id = person.id
),
erased AS (
    DELETE FROM users USING person WHERE users.id = person.id RETURNING users.id
)
SELECT
    erased.id,
    now(),
    (SELECT count(*) FROM sessions WHERE user_id = erased.id),
    (SELECT count(*) FROM group_members WHERE user_id = erased.id),
    (SELECT count(*) FROM class_members WHERE user_id = erased.id),
    (SELECT count(*) FROM own_chats),
    (SELECT coalesce(sum(last_seq), 0)::bigint FROM own_chats),
    (SELECT count(*) FROM messages WHERE origin_user_id = erased.id AND session_id NOT IN (SELECT id FROM own_chats)),
    (SELECT count(*) FROM own_chats JOIN chat_sessions fork ON fork.parent_session_id = own_chats.id
        WHERE fork.user_id <> erased.id),
    (SELECT count(*) FROM files WHERE uploaded_by = erased.id),
    (SELECT coalesce(sum(size_bytes), 0)::bigint FROM files WHERE uploaded_by = erased.id),
    (SELECT count(*) FROM storage_reservations WHERE uploaded_by = erased.id),
    (SELECT count(*) FROM external_ids WHERE user_id = erased.id OR chat_session_id IN (SELECT id FROM own_chats)),
    (SELECT count(*) FROM tools WHERE created_by = erased.id)
FROM erased
