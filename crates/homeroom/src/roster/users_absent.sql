SELECT count(*) AS count
FROM roster_known known JOIN users ON users.id = known.user_id AND users.deleted_at IS NULL
WHERE known.kind = 'user'
    AND NOT EXISTS (SELECT FROM roster_users WHERE roster_users.external_id = known.external_id)
