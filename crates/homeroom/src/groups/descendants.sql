-- A subtree is one range of the unique index on live paths: see list_descendants.sql. With "ANY" and a limit that limits
-- nothing the planner takes that index at any size of the table: no other serves the array, and the rows come in its order.
-- Else it reads all of a small table, and looks at each path of it, which costs more than the planner thinks.
WITH here AS (
    SELECT path, text2ltree(ltree2text(path) || '0') AS behind FROM groups WHERE id = $1 AND deleted_at IS NULL
)
SELECT id, parent_id, name, slug, type, path, settings, created_at, updated_at, deleted_at
FROM groups
WHERE deleted_at IS NULL
  AND path >= ANY (ARRAY(SELECT path FROM here)) AND path < (SELECT behind FROM here)
ORDER BY path
LIMIT (SELECT NULL::bigint)
