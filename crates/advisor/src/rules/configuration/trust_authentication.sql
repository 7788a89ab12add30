SELECT
    'setting' AS kind,
    format('pg_hba.conf: %s %s %s %s', type, array_to_string(database, ','), array_to_string(user_name, ','), concat_ws('/', address, netmask)) AS object,
    format(
        'who comes from %s is believed to be %s without a password',
        address, CASE WHEN user_name = '{all}' THEN 'whoever they say' ELSE array_to_string(user_name, ' or ') END
    ) AS title,
    format('Line %s of pg_hba.conf says trust.', line_number) AS description,
    jsonb_build_object(
        'line', line_number, 'type', type, 'database', database, 'user', user_name, 'address', address, 'netmask', netmask
    ) AS evidence
FROM pg_hba_file_rules
WHERE auth_method = 'trust'
    AND type LIKE 'host%'
    AND address NOT IN ('127.0.0.1', '::1', 'localhost')
    -- 127.0.0.0/8
    AND address !~ '^127\.'
ORDER BY line_number
