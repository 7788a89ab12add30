WITH unsafe (name, value, priority, what) AS (
    VALUES
        ('fsync', 'off', 'Critical', 'a crash of the system can leave a database that can''t be read any more'),
        ('full_page_writes', 'off', 'High', 'a crash in the middle of a write leaves a block that is half old and half new'),
        ('zero_damaged_pages', 'on', 'High', 'a damaged block is emptied without a word, and its rows are gone'),
        ('ignore_checksum_failure', 'on', 'High', 'a block whose checksum is wrong is used as if it were whole'),
        ('synchronous_commit', 'off', 'Medium', 'a crash loses transactions whose commit was confirmed, up to a second of them')
),
-- For the server, or for all sessions of a database or role.
found AS (
    SELECT unsafe.*, 'the server'::text AS for_whom
    FROM unsafe
    JOIN pg_settings AS settings ON settings.name = unsafe.name AND settings.reset_val = unsafe.value
    UNION ALL
    SELECT
        unsafe.*,
        concat_ws(' in ', CASE own.setrole WHEN 0 THEN 'all roles' ELSE own.setrole::regrole::text END, quote_ident(current_database()))
    FROM unsafe
    JOIN pg_db_role_setting AS own ON own.setconfig @> ARRAY[unsafe.name || '=' || unsafe.value]
    WHERE own.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
)
SELECT
    'setting' AS kind,
    name AS object,
    format('%s is %s for %s', name, value, string_agg(for_whom, ', ' ORDER BY for_whom)) AS title,
    format('With %s = %s %s.', name, value, what) AS description,
    what AS impact,
    priority,
    priority = 'Critical' AS blocking,
    CASE WHEN priority = 'Critical' THEN 'data are lost by the next power cut' END AS blocking_why,
    jsonb_build_object('setting', name, 'value', value, 'for', jsonb_agg(for_whom ORDER BY for_whom)) AS evidence
FROM found
-- A server that listens to its own user alone is a private one.
WHERE NOT (
    current_setting('listen_addresses') = '' AND current_setting('unix_socket_permissions')::integer = 700
)
GROUP BY name, value, priority, what
ORDER BY name
