INSERT INTO roster_roles (line, external_id, user_external_id, org, word, role, gone)
SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
