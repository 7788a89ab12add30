-- SKIP LOCKED: what is in use just now, or taken by another purge, is left to the next batch.
WITH asked AS (
    SELECT $1 AS idle_timeout, $2 AS batch
),
void AS (
    SELECT sessions.id FROM sessions
    WHERE expires_at <= now() OR last_activity_at <= now() - (SELECT idle_timeout FROM asked)
    LIMIT (SELECT batch FROM asked)
    FOR UPDATE SKIP LOCKED
)
DELETE FROM sessions USING void WHERE sessions.id = void.id
