INSERT INTO groups (id, parent_id, name, slug, type)
SELECT id, parent_id, name, slug, $5 FROM unnest($1, $2, $3, $4) AS level (id, parent_id, name, slug)
