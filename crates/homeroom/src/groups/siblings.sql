-- Two branches, since "is not distinct from" would use no index.
WITH asked AS (
    SELECT $1 AS id, $2 AS after_slug, $3 AS rows
),
here AS (
    SELECT groups.id, groups.parent_id, asked.after_slug FROM asked JOIN groups ON groups.id = asked.id
    WHERE groups.deleted_at IS NULL
)
SELECT id, parent_id, name, slug, type, path, settings, created_at, updated_at, deleted_at
FROM (
    SELECT groups.* FROM here JOIN groups ON groups.parent_id = here.parent_id
    UNION ALL
    SELECT groups.* FROM here JOIN groups ON here.parent_id IS NULL AND groups.parent_id IS NULL
) AS beside
WHERE deleted_at IS NULL AND id <> (SELECT id FROM here) AND slug > (SELECT after_slug FROM here)
ORDER BY slug
LIMIT (SELECT rows FROM asked)
