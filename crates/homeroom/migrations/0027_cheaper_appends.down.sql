DROP TRIGGER chat_sessions_keep_origin ON chat_sessions;
CREATE TRIGGER chat_sessions_keep_origin
    BEFORE UPDATE ON chat_sessions
    FOR EACH ROW WHEN (
        OLD.tool_id <> NEW.tool_id
        OR OLD.fork_from_seq IS DISTINCT FROM NEW.fork_from_seq
        OR (OLD.parent_session_id IS DISTINCT FROM NEW.parent_session_id AND NEW.parent_session_id IS NOT NULL))
    EXECUTE FUNCTION keep_chat_origin();

CREATE OR REPLACE FUNCTION check_message_order() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    added record;
    chat record;
    fits boolean;
BEGIN
    -- One message alone, which is what most statements append: one look at its chat and at the message before it.
    SELECT one.messages = 1 AND one.seq = chat_sessions.last_seq
        AND chat_sessions.state = 'active' AND chat_sessions.deleted_at IS NULL
        AND (one.seq = 1 OR EXISTS (
            SELECT FROM messages WHERE messages.session_id = one.session_id AND messages.seq = one.seq - 1))
    INTO fits
    FROM (SELECT session_id, seq, (SELECT count(*) FROM new_rows) AS messages FROM new_rows LIMIT 1) AS one
    JOIN chat_sessions ON chat_sessions.id = one.session_id;
    IF fits THEN
        RETURN NULL;
    END IF;

    -- Several messages, and whatever has to be refused.
    FOR added IN
        SELECT session_id, min(seq) AS first, max(seq) AS last, count(*) AS messages FROM new_rows GROUP BY session_id
    LOOP
        SELECT last_seq, state, deleted_at INTO chat FROM chat_sessions WHERE id = added.session_id;
        IF chat.deleted_at IS NOT NULL THEN
            RAISE EXCEPTION 'chat % is deleted: nothing can be written to it', added.session_id
                USING ERRCODE = 'check_violation', TABLE = 'chat_sessions',
                    CONSTRAINT = 'chat_sessions_deleted_check';
        END IF;
        IF chat.state <> 'active' THEN
            RAISE EXCEPTION 'chat % is completed: nothing can be written to it', added.session_id
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
