CREATE TABLE messages (
    session_id      uuid        NOT NULL REFERENCES chat_sessions (id) ON DELETE CASCADE,
    seq             integer     NOT NULL,
    role            text        NOT NULL,
    content         text        NOT NULL,
    meta            jsonb       NOT NULL DEFAULT '{}',
    idempotency_key text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    -- Begins with the column by which the table would be partitioned or distributed.
    PRIMARY KEY (session_id, seq),
    CONSTRAINT messages_seq_check CHECK (seq >= 1),
    CONSTRAINT messages_role_check CHECK (role IN ('user', 'assistant', 'system')),
    CONSTRAINT messages_meta_check CHECK (jsonb_typeof(meta) = 'object'),
    CONSTRAINT messages_idempotency_key_check CHECK (char_length(idempotency_key) BETWEEN 1 AND 100)
);

CREATE UNIQUE INDEX messages_session_id_idempotency_key_key ON messages (session_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;

-- Appending raises chat_sessions.last_seq and inserts, in one statement. Whoever inserts in another way meets this: by
-- induction over the statements, a chat holds 1, 2, 3 … last_seq and nothing else.
-- Point reads in a loop, for the reason that stands at require_live_groups().
CREATE FUNCTION check_message_order() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    added record;
    chat record;
BEGIN
    FOR added IN
        SELECT session_id, min(seq) AS first, max(seq) AS last, count(*) AS messages FROM new_rows GROUP BY session_id
    LOOP
        SELECT last_seq, state, deleted_at INTO chat FROM chat_sessions WHERE id = added.session_id;
        IF chat.state <> 'active' OR chat.deleted_at IS NOT NULL THEN
            RAISE EXCEPTION 'chat % is %: nothing can be written to it', added.session_id,
                CASE WHEN chat.deleted_at IS NULL THEN 'completed' ELSE 'deleted' END
                USING ERRCODE = 'check_violation', TABLE = 'chat_sessions',
                    CONSTRAINT = 'chat_sessions_writable_check';
        END IF;
        IF added.last <> chat.last_seq
            OR added.last - added.first + 1 <> added.messages
            OR (added.first > 1 AND NOT EXISTS (
                SELECT FROM messages WHERE session_id = added.session_id AND seq = added.first - 1))
        THEN
            RAISE EXCEPTION 'messages % to % of chat % don''t follow the others without a gap up to its last_seq %',
                added.first, added.last, added.session_id, chat.last_seq
                USING ERRCODE = 'check_violation', TABLE = 'messages', CONSTRAINT = 'messages_order_check';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION check_message_order() IS 'Messages of a chat are 1, 2, 3 … last_seq without a gap, and only active chats take any.';

CREATE FUNCTION keep_message_order() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'messages can''t be %: that would leave a gap in their chat',
        CASE TG_OP WHEN 'DELETE' THEN 'deleted one by one' ELSE 'renumbered or moved' END
        USING ERRCODE = 'check_violation', TABLE = 'messages', CONSTRAINT = 'messages_order_check';
END
$$;
COMMENT ON FUNCTION keep_message_order() IS 'Messages go with their chat, never alone, and keep their place.';

CREATE TRIGGER messages_check_order
    AFTER INSERT ON messages REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_message_order();
CREATE TRIGGER messages_keep_order_on_update
    BEFORE UPDATE ON messages
    FOR EACH ROW WHEN (OLD.session_id <> NEW.session_id OR OLD.seq <> NEW.seq)
    EXECUTE FUNCTION keep_message_order();
-- Depth 0 is a statement of the client's; the cascade from a deleted chat is deeper.
CREATE TRIGGER messages_keep_order_on_delete
    BEFORE DELETE ON messages
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION keep_message_order();

COMMENT ON TABLE messages IS 'What was said in a chat, in order.';
COMMENT ON COLUMN messages.seq IS '1, 2, 3 … within the chat, without gap or duplicate.';
COMMENT ON COLUMN messages.role IS 'user | assistant | system.';
COMMENT ON COLUMN messages.meta IS 'What is known of the message: tokens, prompt_tokens, completion_tokens, model, latency_ms, finish_reason, extractions, and whatever else a client keeps.';
COMMENT ON COLUMN messages.idempotency_key IS 'Chosen by the client: an append that is repeated with the same key returns the first row.';
