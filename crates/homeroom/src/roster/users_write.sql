-- Changes come before new rows, so that an address that one person gives up is free for another. What a blank field leaves
-- open (email, enabledUser) stays as it is. Who is active stays so until memberships are written: users_suspend.sql.
WITH known AS (
    SELECT roster.user_id, roster.name, coalesce(roster.email, person.email) AS email,
        coalesce(roster.status, person.status) AS status, person.deleted_at IS NOT NULL AS restored,
        (person.name, person.email, person.status)
            IS DISTINCT FROM (roster.name, coalesce(roster.email, person.email), coalesce(roster.status, person.status))
            OR person.deleted_at IS NOT NULL AS differs
    FROM roster_users roster JOIN users person ON person.id = roster.user_id
    WHERE roster.known AND NOT roster.gone
), changed AS (
    UPDATE users SET name = known.name, email = known.email, deleted_at = NULL,
        status = CASE WHEN users.status = 'active' AND users.deleted_at IS NULL THEN 'active' ELSE known.status END
    FROM known
    WHERE known.differs AND users.id = known.user_id
)
SELECT 0::bigint AS created, count(*) FILTER (WHERE differs) AS changed, count(*) FILTER (WHERE NOT differs) AS unchanged,
    count(*) FILTER (WHERE restored) AS restored
FROM known
