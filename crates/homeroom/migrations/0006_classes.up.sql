CREATE TABLE classes (
    id         uuid        NOT NULL DEFAULT uuid_v7() PRIMARY KEY,
    group_id   uuid        NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    name       text        NOT NULL,
    settings   jsonb       NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT classes_name_check CHECK (char_length(name) BETWEEN 1 AND 100 AND name ~ '[^[:space:]]'),
    CONSTRAINT classes_settings_check CHECK (jsonb_typeof(settings) = 'object')
);

CREATE INDEX classes_group_id_idx ON classes (group_id);

CREATE TRIGGER classes_check_insert
    AFTER INSERT ON classes REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION require_live_groups();
CREATE TRIGGER classes_touch
    BEFORE UPDATE ON classes
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE classes IS 'Classes of a group, usually a school.';
COMMENT ON COLUMN classes.settings IS 'What this class sets over its groups'' settings; an imported class keeps its course, term and grade here.';
COMMENT ON COLUMN classes.updated_at IS 'Moved by trigger on every real change.';
COMMENT ON COLUMN classes.deleted_at IS 'Soft delete: when the class was removed; null while live.';
