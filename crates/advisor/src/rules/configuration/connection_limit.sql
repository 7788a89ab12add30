-- $1: how many connections the application's pools may open in all; null: not known.
WITH limits AS (
    SELECT
        current_setting('max_connections')::bigint AS all_connections,
        current_setting('superuser_reserved_connections')::bigint
            -- Not there before PostgreSQL 16.
            + coalesce(current_setting('reserved_connections', true), '0')::bigint AS reserved,
        (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()) AS of_database,
        (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user) AS of_role
),
usable AS (
    SELECT *, least(all_connections - reserved, of_database, of_role) AS usable
    FROM limits
),
now AS (
    SELECT
        count(*) AS open,
        count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS idle_in_transaction
    FROM pg_stat_activity
    WHERE backend_type = 'client backend'
)
SELECT
    'setting' AS kind,
    'max_connections' AS object,
    CASE
        WHEN $1 > usable THEN format('the pools may open %s connections, and the server has %s for them', $1, usable)
        ELSE format('%s of the server''s %s connections are in use', open, all_connections - reserved)
    END AS title,
    format(
        'max_connections is %s, of which %s are reserved%s%s. %s are open now, %s of them idle in a transaction.',
        all_connections, reserved,
        '; the database is limited to ' || of_database,
        '; the role is limited to ' || of_role,
        open, idle_in_transaction
    ) AS description,
    CASE WHEN $1 > usable OR open >= 0.9 * (all_connections - reserved) THEN 'High' ELSE 'Medium' END AS priority,
    jsonb_build_object(
        'max_connections', all_connections,
        'reserved', reserved,
        'limit_of_database', of_database,
        'limit_of_role', of_role,
        'pool', $1,
        'open', open,
        'idle_in_transaction', idle_in_transaction
    ) AS evidence
FROM usable, now
WHERE $1 > usable
    OR open >= 0.8 * (all_connections - reserved)
