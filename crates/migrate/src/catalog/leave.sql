-- Undoes enter.sql for a caller who has a transaction open.
SELECT pg_catalog.set_config(s.name, pg_catalog.current_setting('homeroom_migrate.' || s.name), true)
FROM (
    VALUES
        ('quote_all_identifiers'),
        ('datestyle'),
        ('intervalstyle'),
        ('timezone'),
        ('bytea_output'),
        ('extra_float_digits'),
        ('jit'),
        ('search_path')
) AS s (name)
