-- All that is known of person $1, live or removed: which part, which table, and the row as JSON, in order. Secrets (the hashes
-- of the password and of tokens) are left out.
WITH person AS (
    SELECT id FROM users WHERE id = $1
),
own_chats AS (
    SELECT chat_sessions.* FROM person JOIN chat_sessions ON chat_sessions.user_id = person.id
)
SELECT table_name, data::text
FROM (
    SELECT 1 AS part, 'users' AS table_name, id AS first, 0 AS second, to_jsonb(users) - 'password_hash' AS data
    FROM users JOIN person USING (id)
    UNION ALL
    SELECT 2, 'group_members', group_id, 0,
        to_jsonb(group_members) || jsonb_build_object('group_name', groups.name, 'group_path', groups.path::text)
    FROM group_members JOIN groups ON groups.id = group_id JOIN person ON person.id = user_id
    UNION ALL
    SELECT 3, 'class_members', class_id, 0, to_jsonb(class_members) || jsonb_build_object('class_name', classes.name)
    FROM class_members JOIN classes ON classes.id = class_id JOIN person ON person.id = user_id
    UNION ALL
    SELECT 4, 'sessions', sessions.id, 0, to_jsonb(sessions) - 'token_hash'
    FROM sessions JOIN person ON person.id = user_id
    UNION ALL
    SELECT 5, 'tools', tools.id, 0, to_jsonb(tools)
    FROM tools JOIN person ON person.id = created_by
    UNION ALL
    SELECT 6, 'chat_sessions', own_chats.id, 0,
        to_jsonb(own_chats) || jsonb_build_object('tool_name', tools.name, 'tool_version', tools.version)
    FROM own_chats JOIN tools ON tools.id = tool_id
    UNION ALL
    SELECT 7, 'messages', session_id, seq, to_jsonb(messages)
    FROM own_chats JOIN messages ON messages.session_id = own_chats.id
    UNION ALL
    -- What they said that is in chats of others: the message, and nothing of the chat.
    SELECT 8, 'messages', session_id, seq, to_jsonb(messages)
    FROM messages JOIN person ON person.id = origin_user_id
    WHERE NOT EXISTS (SELECT FROM own_chats WHERE own_chats.id = messages.session_id)
    UNION ALL
    SELECT 9, 'files', files.id, 0, to_jsonb(files)
    FROM files JOIN person ON person.id = uploaded_by
    UNION ALL
    SELECT 10, 'user_storage_limits', user_id, 0, to_jsonb(user_storage_limits)
    FROM user_storage_limits JOIN person ON person.id = user_id
    UNION ALL
    -- Of limits that they set for others: whose, and why.
    SELECT 11, 'user_storage_limits', user_id, 0,
        jsonb_build_object('user_id', user_id, 'set_by', set_by, 'reason', reason)
    FROM user_storage_limits JOIN person ON person.id = set_by AND person.id <> user_id
    UNION ALL
    SELECT 12, 'storage_reservations', storage_reservations.id, 0, to_jsonb(storage_reservations)
    FROM storage_reservations JOIN person ON person.id = uploaded_by
    UNION ALL
    SELECT 13, 'external_ids', coalesce(external_ids.user_id, chat_session_id), 0, to_jsonb(external_ids)
    FROM external_ids
    WHERE external_ids.user_id IN (SELECT id FROM person) OR chat_session_id IN (SELECT id FROM own_chats)
) AS row
ORDER BY part, first, second
