-- What is above a group has a part of its path: as many look-ups in the unique index on live paths as the path has labels.
-- The limit limits nothing: see descendants.sql.
SELECT id, parent_id, name, slug, type, path, settings, created_at, updated_at, deleted_at
FROM groups
WHERE deleted_at IS NULL
  AND path = ANY (ARRAY(
      SELECT subpath(here.path, 0, generate_series(1, nlevel(here.path)))
      FROM groups here
      WHERE here.id = $1 AND here.deleted_at IS NULL
  ))
ORDER BY path
LIMIT (SELECT NULL::bigint)
