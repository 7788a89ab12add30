-- Apart from adding them, so that nobody waits while the tables are read.
ALTER TABLE groups
    VALIDATE CONSTRAINT groups_settings_locked_check,
    VALIDATE CONSTRAINT groups_settings_storage_check;
ALTER TABLE classes
    VALIDATE CONSTRAINT classes_settings_locked_check,
    VALIDATE CONSTRAINT classes_settings_storage_check;
