-- Moved, restored or of another type.
UPDATE groups SET parent_id = placed.parent_id, slug = placed.slug, type = placed.type, deleted_at = NULL
FROM unnest($1, $2, $3, $4) AS placed (id, parent_id, slug, type)
WHERE groups.id = placed.id
