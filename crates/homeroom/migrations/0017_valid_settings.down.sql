ALTER TABLE classes
    DROP CONSTRAINT classes_settings_locked_check,
    DROP CONSTRAINT classes_settings_storage_check,
    ADD CONSTRAINT classes_settings_locked_check CHECK (are_setting_locks(settings -> 'locked')) NOT VALID,
    ADD CONSTRAINT classes_settings_storage_check CHECK (are_storage_settings(settings -> 'storage')) NOT VALID;
ALTER TABLE groups
    DROP CONSTRAINT groups_settings_locked_check,
    DROP CONSTRAINT groups_settings_storage_check,
    ADD CONSTRAINT groups_settings_locked_check CHECK (are_setting_locks(settings -> 'locked')) NOT VALID,
    ADD CONSTRAINT groups_settings_storage_check CHECK (are_storage_settings(settings -> 'storage')) NOT VALID;
