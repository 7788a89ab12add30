INSERT INTO roster_classes (line, external_id, class_id, name, course, school, terms, details, gone)
SELECT line, external_id, class_id, name, nullif(course, ''), school, terms::jsonb, details::jsonb, gone
FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
    AS staged (line, external_id, class_id, name, course, school, terms, details, gone)
