SELECT
    'setting' AS kind,
    'password_encryption' AS object,
    'new passwords of roles are stored as MD5' AS title,
    'password_encryption is md5.' AS description,
    jsonb_build_object('setting', name, 'source', source) AS evidence
FROM pg_settings
WHERE name = 'password_encryption' AND setting = 'md5'
