DROP TRIGGER chat_sessions_refuse_write ON chat_sessions;
ALTER TABLE chat_sessions
    DROP CONSTRAINT chat_sessions_ended_at_check,
    ALTER last_seq TYPE integer,
    ALTER state TYPE text,
    ALTER title TYPE text,
    ADD CONSTRAINT chat_sessions_ended_at_check CHECK ((state = 'completed') = (ended_at IS NOT NULL)),
    ADD CONSTRAINT chat_sessions_last_seq_check CHECK (last_seq >= 0),
    ADD CONSTRAINT chat_sessions_state_check CHECK (state IN ('active', 'completed')),
    ADD CONSTRAINT chat_sessions_title_check CHECK (char_length(title) BETWEEN 1 AND 200);
CREATE TRIGGER chat_sessions_refuse_write
    BEFORE UPDATE OF last_seq ON chat_sessions
    FOR EACH ROW EXECUTE FUNCTION refuse_chat_write();

DROP TRIGGER messages_keep_order_on_update ON messages;
ALTER TABLE messages
    ALTER seq TYPE integer,
    ALTER role TYPE text,
    ALTER meta TYPE jsonb,
    ADD CONSTRAINT messages_seq_check CHECK (seq >= 1),
    ADD CONSTRAINT messages_role_check CHECK (role IN ('user', 'assistant', 'system')),
    ADD CONSTRAINT messages_meta_check CHECK (jsonb_typeof(meta) = 'object');
CREATE TRIGGER messages_keep_order_on_update
    BEFORE UPDATE ON messages
    FOR EACH ROW WHEN (OLD.session_id <> NEW.session_id OR OLD.seq <> NEW.seq)
    EXECUTE FUNCTION keep_message_order();

DROP DOMAIN message_seq, message_role, message_meta, chat_last_seq, chat_state, chat_title;
