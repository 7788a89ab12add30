INSERT INTO messages (session_id, seq, role, content, meta, created_at, origin_user_id)
SELECT session_id, seq, role, content, meta::jsonb, created_at, origin_user_id
FROM unnest($1, $2, $3, $4, $5, $6, $7) AS new (session_id, seq, role, content, meta, created_at, origin_user_id)
