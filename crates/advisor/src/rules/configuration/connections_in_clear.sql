SELECT
    'setting' AS kind,
    'ssl' AS object,
    format('the server listens on %s without TLS', current_setting('listen_addresses')) AS title,
    format(
        'ssl is off and listen_addresses is %s: whatever comes over the network does so in clear.',
        current_setting('listen_addresses')
    ) AS description,
    jsonb_build_object('ssl', 'off', 'listen_addresses', current_setting('listen_addresses')) AS evidence
WHERE current_setting('ssl') = 'off'
    AND EXISTS (
        SELECT FROM regexp_split_to_table(current_setting('listen_addresses'), '\s*,\s*') AS address
        WHERE address NOT IN ('', 'localhost', '127.0.0.1', '::1')
    )
