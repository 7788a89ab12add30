-- One nullable reference a kind instead of one bare id: a foreign key keeps each of them true.
CREATE TABLE external_ids (
    source          text        NOT NULL,
    kind            text        NOT NULL,
    external_id     text        NOT NULL,
    user_id         uuid        REFERENCES users (id) ON DELETE CASCADE,
    group_id        uuid        REFERENCES groups (id) ON DELETE CASCADE,
    class_id        uuid        REFERENCES classes (id) ON DELETE CASCADE,
    chat_session_id uuid        REFERENCES chat_sessions (id) ON DELETE CASCADE,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, kind, external_id),
    CONSTRAINT external_ids_source_check CHECK (char_length(source) BETWEEN 1 AND 200),
    CONSTRAINT external_ids_external_id_check CHECK (char_length(external_id) BETWEEN 1 AND 255),
    CONSTRAINT external_ids_kind_check CHECK (CASE kind
        WHEN 'user' THEN user_id IS NOT NULL
        WHEN 'group' THEN group_id IS NOT NULL
        WHEN 'class' THEN class_id IS NOT NULL
        WHEN 'chat_session' THEN chat_session_id IS NOT NULL
        ELSE false
    END AND num_nonnulls(user_id, group_id, class_id, chat_session_id) = 1)
);

CREATE INDEX external_ids_user_id_idx ON external_ids (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX external_ids_group_id_idx ON external_ids (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX external_ids_class_id_idx ON external_ids (class_id) WHERE class_id IS NOT NULL;
CREATE INDEX external_ids_chat_session_id_idx ON external_ids (chat_session_id) WHERE chat_session_id IS NOT NULL;

COMMENT ON TABLE external_ids IS 'How other systems name our rows, so that an import can be repeated.';
COMMENT ON COLUMN external_ids.source IS 'The other system, such as one district''s roster.';
COMMENT ON COLUMN external_ids.kind IS 'user | group | class | chat_session: which of the references is set.';
COMMENT ON COLUMN external_ids.external_id IS 'The other system''s id, unique per source and kind.';
