CREATE TABLE user_storage_limits (
    user_id             uuid        NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    max_file_size_bytes bigint,
    storage_quota_bytes bigint,
    used_bytes          bigint      NOT NULL DEFAULT 0,
    set_by              uuid        REFERENCES users (id) ON DELETE SET NULL,
    reason              text,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_storage_limits_max_file_size_bytes_check CHECK (max_file_size_bytes >= 0),
    CONSTRAINT user_storage_limits_storage_quota_bytes_check CHECK (storage_quota_bytes >= 0),
    CONSTRAINT user_storage_limits_used_bytes_check CHECK (used_bytes >= 0),
    CONSTRAINT user_storage_limits_reason_check CHECK (char_length(reason) BETWEEN 1 AND 500)
);

CREATE INDEX user_storage_limits_set_by_idx ON user_storage_limits (set_by) WHERE set_by IS NOT NULL;

CREATE TRIGGER user_storage_limits_touch
    BEFORE UPDATE ON user_storage_limits
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE user_storage_limits IS 'What a person may store, where it differs from the group''s settings, and what they store.';
COMMENT ON COLUMN user_storage_limits.max_file_size_bytes IS 'The largest single file; null: inherited from the group''s settings.';
COMMENT ON COLUMN user_storage_limits.storage_quota_bytes IS 'All files together; null: inherited from the group''s settings.';
COMMENT ON COLUMN user_storage_limits.used_bytes IS 'What is stored or reserved now.';
COMMENT ON COLUMN user_storage_limits.set_by IS 'Who set the limits; null: nobody, or they were erased.';
COMMENT ON COLUMN user_storage_limits.updated_at IS 'Moved by trigger on every real change.';
