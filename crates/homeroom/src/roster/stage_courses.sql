INSERT INTO roster_courses (line, external_id, school_year, course)
SELECT line, external_id, nullif(school_year, ''), course::jsonb
FROM unnest($1, $2, $3, $4) AS staged (line, external_id, school_year, course)
