-- Both limits of live person $1, who says so, and what is stored.
WITH person AS (
    SELECT id FROM users WHERE id = $1 AND deleted_at IS NULL
)
SELECT limits.field, limits.bytes, limits.source, limits.group_id, groups.path, limits.role,
    coalesce((SELECT used_bytes FROM user_storage_limits WHERE user_id = person.id), 0)
FROM person
CROSS JOIN LATERAL effective_storage_limits(person.id) AS limits
LEFT JOIN groups ON groups.id = limits.group_id
