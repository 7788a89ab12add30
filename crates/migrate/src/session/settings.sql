SELECT s.name, pg_catalog.current_setting(s.name)
FROM pg_catalog.pg_settings AS s
WHERE s.source = 'session' AND s.name NOT LIKE 'transaction\_%'
