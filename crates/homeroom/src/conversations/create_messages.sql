INSERT INTO messages (session_id, seq, role, content, meta, created_at)
SELECT session_id, seq, role, content, meta::jsonb, created_at
FROM unnest($1, $2, $3, $4, $5, $6) AS new (session_id, seq, role, content, meta, created_at)
