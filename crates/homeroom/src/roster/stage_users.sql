INSERT INTO roster_users (line, external_id, user_id, name, email, status, gone)
SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
