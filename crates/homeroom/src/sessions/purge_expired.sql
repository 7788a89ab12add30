-- SKIP LOCKED: what another purge has taken is left to it.
WITH void AS (
    SELECT id FROM sessions
    WHERE expires_at <= now()
    ORDER BY expires_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
)
DELETE FROM sessions USING void WHERE sessions.id = void.id
