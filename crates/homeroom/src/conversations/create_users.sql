WITH new_users AS (
    SELECT * FROM unnest($2, $3, $4) AS new (external_id, id, name)
), created AS (
    INSERT INTO users (id, name, status) SELECT id, name, 'active' FROM new_users
)
INSERT INTO external_ids (source, kind, external_id, user_id)
SELECT $1, 'user', external_id, id FROM new_users
