-- What groups and classes may set: locks mirror the settings that they lock, with true at the locked keys, such as
-- {"locked": {"chat": {"max_turns": true}}}; storage limits are whole numbers of bytes.

CREATE FUNCTION are_setting_locks(locks jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Strict: the lax mode would open arrays and look at what is in them instead.
    SELECT locks IS NULL OR jsonb_typeof(locks) = 'object'
        AND NOT jsonb_path_exists(locks, 'strict $.** ? (@.type() != "object" && @.type() != "boolean")')
$$;
COMMENT ON FUNCTION are_setting_locks(jsonb) IS 'Whether this is an object of objects with booleans at the end.';

CREATE FUNCTION are_storage_settings(storage jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT storage IS NULL OR jsonb_typeof(storage) = 'object'
        AND coalesce(jsonb_typeof(storage -> 'roles') = 'object', true)
        AND NOT EXISTS (
            SELECT FROM unnest(ARRAY[storage] || ARRAY(
                SELECT storage #> ARRAY['roles', role]
                FROM unnest(ARRAY['system_admin', 'group_admin', 'teacher', 'student']) AS role
                WHERE storage #> ARRAY['roles', role] IS NOT NULL
            )) AS limits
            CROSS JOIN unnest(ARRAY['max_file_size_bytes', 'storage_quota_bytes']) AS field
            WHERE jsonb_typeof(limits) <> 'object'
               OR CASE jsonb_typeof(limits -> field)
                   WHEN 'number' THEN scale((limits -> field)::numeric) <> 0
                       OR (limits -> field)::numeric NOT BETWEEN 0 AND 9223372036854775807
                   ELSE limits ? field
               END)
$$;
COMMENT ON FUNCTION are_storage_settings(jsonb) IS
    'Whether max_file_size_bytes and storage_quota_bytes are whole numbers of bytes, for all and for each of the roles.';

-- Not valid yet: no row is read while the table is locked.
ALTER TABLE groups -- check-ignore: locks-table for a moment
    ADD CONSTRAINT groups_settings_locked_check CHECK (are_setting_locks(settings -> 'locked')) NOT VALID,
    ADD CONSTRAINT groups_settings_storage_check CHECK (are_storage_settings(settings -> 'storage')) NOT VALID;
ALTER TABLE classes -- check-ignore: locks-table for a moment
    ADD CONSTRAINT classes_settings_locked_check CHECK (are_setting_locks(settings -> 'locked')) NOT VALID,
    ADD CONSTRAINT classes_settings_storage_check CHECK (are_storage_settings(settings -> 'storage')) NOT VALID;

CREATE FUNCTION system_default_settings() RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT '{"storage": {"max_file_size_bytes": 10485760, "storage_quota_bytes": 1073741824}}'::jsonb
$$;
COMMENT ON FUNCTION system_default_settings() IS 'What is in force where no group and no class says otherwise.';
