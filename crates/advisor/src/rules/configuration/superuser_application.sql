-- Who can read any of the tables without being a superuser.
WITH reader AS (
    SELECT role.oid
    FROM pg_roles AS role
    WHERE role.rolcanlogin
        AND NOT role.rolsuper
        AND EXISTS (
            SELECT FROM pg_class AS relation
            JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
            WHERE namespace.nspname = ANY ($1)
                AND relation.relkind IN ('r', 'p')
                AND has_table_privilege(role.oid, relation.oid, 'SELECT, INSERT, UPDATE, DELETE')
                AND has_schema_privilege(role.oid, namespace.oid, 'USAGE')
        )
    LIMIT 1
),
-- Sessions of superusers that are no tool's.
session AS (
    SELECT activity.usename::text AS role, count(*) AS sessions, min(activity.application_name) AS application
    FROM pg_stat_activity AS activity
    JOIN pg_roles AS role ON role.oid = activity.usesysid
    WHERE activity.datname = current_database()
        AND activity.backend_type = 'client backend'
        AND activity.pid <> pg_backend_pid()
        AND role.rolsuper
        AND activity.application_name IS NOT NULL
        AND activity.application_name !~* '^(psql|pg_|pgadmin|dbeaver|datagrip|tableplus|postico|homeroom advise|navicat|beekeeper|barman|pgbackrest|patroni|repmgr|postgres_exporter|pganalyze|datadog)'
        -- Managed servers look after themselves.
        AND role.rolname !~* '^(rdsadmin|rdsrepladmin|cloudsql|azuresu|azure_superuser|supabase_)'
    GROUP BY activity.usename
)
SELECT
    'role' AS kind,
    'superusers' AS object,
    coalesce(
        (SELECT format('%s sessions of the superuser %I are connected', sum(sessions), min(role)) FROM session HAVING count(*) > 0),
        format('no role but superusers can use the tables of %I', current_database())
    ) AS title,
    coalesce(
        (SELECT format(
            'The superuser %I has %s sessions in this database now%s, which are not those of a known tool.',
            min(role), sum(sessions), coalesce(format(', such as %L', nullif(min(application), '')), '')
        ) FROM session HAVING count(*) > 0),
        'There are tables, and no role that can sign in and is no superuser may read or write any of them. Whatever uses them must do so as a superuser.'
    ) AS description,
    CASE WHEN EXISTS (SELECT FROM session) THEN 'High' ELSE 'Medium' END AS priority,
    jsonb_build_object(
        'sessions', (SELECT jsonb_object_agg(role, sessions) FROM session),
        'other_role_can_read', EXISTS (SELECT FROM reader)
    ) AS evidence
WHERE (
        EXISTS (SELECT FROM session)
        OR (
            NOT EXISTS (SELECT FROM reader)
            AND EXISTS (
                SELECT FROM pg_class AS relation
                JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
                WHERE namespace.nspname = ANY ($1) AND relation.relkind IN ('r', 'p')
            )
        )
    )
    -- A server that listens to its own user alone is a private one.
    AND NOT (
        current_setting('listen_addresses') = '' AND current_setting('unix_socket_permissions')::integer = 700
    )
