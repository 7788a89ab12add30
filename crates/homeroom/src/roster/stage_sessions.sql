INSERT INTO roster_sessions (line, external_id, session)
SELECT line, external_id, jsonb_strip_nulls(session::jsonb)
FROM unnest($1, $2, $3) AS staged (line, external_id, session)
