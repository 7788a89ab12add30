WITH timeout (name, purpose, suggested) AS (
    VALUES
        ('statement_timeout', 'a statement may run', '30s'),
        ('idle_in_transaction_session_timeout', 'a transaction may stay open with nothing to do', '1min')
),
-- The roles that can sign in and have something to do with these tables; superusers where there is no other.
concerned AS (
    SELECT DISTINCT role.oid, role.rolname
    FROM pg_class AS relation
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    CROSS JOIN LATERAL aclexplode(coalesce(relation.relacl, acldefault('r', relation.relowner))) AS privilege
    JOIN pg_roles AS role ON pg_has_role(role.oid, nullif(privilege.grantee, 0), 'USAGE')
    WHERE namespace.nspname = ANY ($1)
        AND relation.relkind IN ('r', 'p')
        AND role.rolcanlogin
        AND NOT role.rolsuper
),
setting AS (
    SELECT
        coalesce(own.setdatabase, 0) AS database,
        own.setrole AS role,
        split_part(config, '=', 1) AS name,
        substr(config, strpos(config, '=') + 1) AS value
    FROM pg_db_role_setting AS own
    CROSS JOIN unnest(own.setconfig) AS config
    WHERE own.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
),
-- Of the whole server: what this session began with, unless it began with something of its own.
served AS (
    SELECT
        settings.name,
        NOT EXISTS (
            SELECT FROM setting
            WHERE setting.name = settings.name
                AND setting.role IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
        ) AND settings.reset_val <> '0' AS is_set
    FROM pg_settings AS settings
    JOIN timeout ON timeout.name = settings.name
),
missing AS (
    SELECT
        timeout.*,
        -- Null where nobody but superusers has to do with the tables.
        (
            SELECT string_agg(quote_ident(concerned.rolname), ', ' ORDER BY concerned.rolname)
            FROM concerned
            WHERE NOT EXISTS (
                SELECT FROM setting
                WHERE setting.name = timeout.name
                    AND setting.role IN (0, concerned.oid)
                    AND setting.value !~ '^0'
            )
        ) AS roles
    FROM timeout
    JOIN served ON served.name = timeout.name
    WHERE NOT served.is_set
        AND (
            SELECT CASE
                WHEN EXISTS (SELECT FROM concerned) THEN EXISTS (
                    SELECT FROM concerned
                    WHERE NOT EXISTS (
                        SELECT FROM setting
                        WHERE setting.name = timeout.name
                            AND setting.role IN (0, concerned.oid)
                            AND setting.value !~ '^0'
                    )
                )
                ELSE NOT EXISTS (
                    SELECT FROM setting
                    WHERE setting.name = timeout.name AND setting.role = 0 AND setting.value !~ '^0'
                )
            END
        )
)
SELECT
    'setting' AS kind,
    'timeouts' AS object,
    format('nothing in the database limits how long %s', string_agg(purpose, ', or how long ' ORDER BY name DESC)) AS title,
    format(
        '%s set neither for the server nor for the database%s.',
        string_agg(name, ' and ' ORDER BY name DESC) || CASE count(*) WHEN 1 THEN ' is' ELSE ' are' END,
        coalesce(' nor for ' || max(roles), '')
    ) AS description,
    jsonb_object_agg(name, jsonb_build_object('roles', roles)) AS evidence,
    string_agg(
        format('ALTER DATABASE %I SET %s = %L;', current_database(), name, suggested),
        E'\n' ORDER BY name DESC
    ) AS up,
    string_agg(
        format('ALTER DATABASE %I RESET %s;', current_database(), name),
        E'\n' ORDER BY name DESC
    ) AS down
FROM missing
-- A server that listens to its own user alone is a private one.
WHERE NOT (
    current_setting('listen_addresses') = '' AND current_setting('unix_socket_permissions')::integer = 700
)
HAVING count(*) > 0
