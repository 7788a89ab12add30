ALTER TABLE chat_sessions
    DROP CONSTRAINT chat_sessions_ended_at_check,
    ADD CONSTRAINT chat_sessions_ended_at_check CHECK ((state = 'completed') = (ended_at IS NOT NULL)) NOT VALID;
ALTER DOMAIN message_seq DROP CONSTRAINT messages_seq_check;
ALTER DOMAIN message_seq ADD CONSTRAINT messages_seq_check CHECK (VALUE >= 1) NOT VALID;
ALTER DOMAIN message_role DROP CONSTRAINT messages_role_check;
ALTER DOMAIN message_role ADD CONSTRAINT messages_role_check CHECK (VALUE IN ('user', 'assistant', 'system')) NOT VALID;
ALTER DOMAIN message_meta DROP CONSTRAINT messages_meta_check;
ALTER DOMAIN message_meta ADD CONSTRAINT messages_meta_check CHECK (jsonb_typeof(VALUE) = 'object') NOT VALID;
ALTER DOMAIN chat_last_seq DROP CONSTRAINT chat_sessions_last_seq_check;
ALTER DOMAIN chat_last_seq ADD CONSTRAINT chat_sessions_last_seq_check CHECK (VALUE >= 0) NOT VALID;
ALTER DOMAIN chat_state DROP CONSTRAINT chat_sessions_state_check;
ALTER DOMAIN chat_state ADD CONSTRAINT chat_sessions_state_check CHECK (VALUE IN ('active', 'completed')) NOT VALID;
ALTER DOMAIN chat_title DROP CONSTRAINT chat_sessions_title_check;
ALTER DOMAIN chat_title ADD CONSTRAINT chat_sessions_title_check CHECK (char_length(VALUE) BETWEEN 1 AND 200) NOT VALID;
