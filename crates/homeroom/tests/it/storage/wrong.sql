SELECT count(*) AS people
FROM users
LEFT JOIN user_storage_limits limits ON limits.user_id = users.id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(size_bytes), 0) AS bytes
    FROM (
        SELECT size_bytes FROM files WHERE uploaded_by = users.id
        UNION ALL
        SELECT size_bytes FROM storage_reservations WHERE uploaded_by = users.id
    ) AS kept
) AS stored
WHERE stored.bytes > $1 OR stored.bytes <> coalesce(limits.used_bytes, 0)
