-- A subtree is one range of the unique index on live paths, from its root to the first path that can't be below it: a label
-- is ordered bytewise, "0" is its lowest character, and so is nothing between "a.b.z…" and "a.b0".
WITH asked AS (
    SELECT $1 AS id, $2 AS after_path, $3 AS depth, $4 AS rows
),
here AS (
    SELECT greatest(groups.path, asked.after_path) AS first, text2ltree(ltree2text(groups.path) || '0') AS behind,
        nlevel(groups.path) + asked.depth AS deepest
    FROM asked JOIN groups ON groups.id = asked.id
    WHERE groups.deleted_at IS NULL
)
SELECT id, parent_id, name, slug, type, path, settings, created_at, updated_at, deleted_at
FROM groups
WHERE deleted_at IS NULL
  AND path >= (SELECT first FROM here) AND path < (SELECT behind FROM here)
  AND path IS DISTINCT FROM (SELECT after_path FROM asked)
  AND nlevel(path) <= (SELECT coalesce(deepest, 65535) FROM here)
ORDER BY path
LIMIT (SELECT rows FROM asked)
