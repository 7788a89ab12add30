-- Gives a session that is still valid another token. Of many who hold the old one the first gets the row; the others wait for
-- it and find another token.
WITH asked AS (
    SELECT $1 AS token_hash, $2 AS new_token_hash, $3 AS idle_timeout
)
UPDATE sessions SET token_hash = asked.new_token_hash, last_activity_at = greatest(last_activity_at, now())
FROM asked CROSS JOIN users
WHERE sessions.token_hash = asked.token_hash
  AND sessions.expires_at > now()
  AND (asked.idle_timeout IS NULL OR sessions.last_activity_at > now() - asked.idle_timeout)
  AND users.id = sessions.user_id AND users.status = 'active' AND users.deleted_at IS NULL
RETURNING sessions.id, user_id, sessions.token_hash, context, sessions.created_at, last_activity_at, expires_at
