INSERT INTO roster_enrolments (line, external_id, class, school, user_external_id, word, role, gone)
SELECT line, external_id, class, nullif(school, ''), user_external_id, word, role, gone
FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
    AS staged (line, external_id, class, school, user_external_id, word, role, gone)
