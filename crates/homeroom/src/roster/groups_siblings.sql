SELECT parent_id, slug FROM groups WHERE deleted_at IS NULL AND parent_id IS NULL AND $1
UNION ALL
SELECT parent_id, slug FROM groups WHERE deleted_at IS NULL AND parent_id = ANY ($2)
