WITH created AS (
    INSERT INTO users (id, name, email, status)
    SELECT user_id, name, email, coalesce(status, 'active')
    FROM roster_users WHERE NOT known AND NOT gone
    ORDER BY user_id
)
INSERT INTO external_ids (source, kind, external_id, user_id)
SELECT $1, 'user', external_id, user_id
FROM roster_users WHERE NOT known AND NOT gone
