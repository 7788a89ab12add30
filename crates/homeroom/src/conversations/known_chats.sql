SELECT external_id, chat_session_id FROM external_ids
WHERE source = $1 AND kind = 'chat_session' AND external_id = ANY ($2)
