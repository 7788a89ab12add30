SELECT external_id, user_id FROM external_ids WHERE source = $1 AND kind = 'user' AND external_id = ANY ($2)
