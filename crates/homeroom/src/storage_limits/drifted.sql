-- People behind $1 whose count is not the sum of what is theirs, at most $2 of them, by id.
SELECT person.id, coalesce(stored.bytes, 0)::bigint - coalesce(limits.used_bytes, 0)
FROM users person
LEFT JOIN user_storage_limits limits ON limits.user_id = person.id
LEFT JOIN (
    SELECT uploaded_by, sum(size_bytes) AS bytes
    FROM (
        SELECT uploaded_by, size_bytes FROM files
        UNION ALL
        SELECT uploaded_by, size_bytes FROM storage_reservations
    ) AS kept
    GROUP BY uploaded_by
) AS stored ON stored.uploaded_by = person.id
WHERE person.id > coalesce($1, '00000000-0000-0000-0000-000000000000')
  AND coalesce(stored.bytes, 0) <> coalesce(limits.used_bytes, 0)
ORDER BY person.id
LIMIT $2
