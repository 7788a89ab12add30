-- Makes the texts of PostgreSQL's own functions the same in every session, until leave.sql or the end of the transaction.
-- JIT costs ten times what these queries do.
SELECT
    pg_catalog.set_config('homeroom_migrate.' || s.name, pg_catalog.current_setting(s.name), true),
    pg_catalog.set_config(s.name, s.value, true)
FROM (
    VALUES
        ('quote_all_identifiers', 'off'),
        ('datestyle', 'ISO, YMD'),
        ('intervalstyle', 'postgres'),
        ('timezone', 'UTC'),
        ('bytea_output', 'hex'),
        ('extra_float_digits', '1'),
        ('jit', 'off'),
        ('search_path', '')
) AS s (name, value)
