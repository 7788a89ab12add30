-- An append pays for every condition of a trigger on its two tables, whose text the server reads anew in each statement, and
-- for the search_path that a function sets. So the trigger that keeps a chat's origin is asked only when that is written to,
-- and the check of each append names its schemas instead of setting a path: nobody can put other objects in its way either.

DROP TRIGGER chat_sessions_keep_origin ON chat_sessions; -- check-ignore: locks-table for a moment, no row is read or written
CREATE TRIGGER chat_sessions_keep_origin
    BEFORE UPDATE OF tool_id, fork_from_seq, parent_session_id ON chat_sessions
    FOR EACH ROW WHEN (
        OLD.tool_id <> NEW.tool_id
        OR OLD.fork_from_seq IS DISTINCT FROM NEW.fork_from_seq
        OR (OLD.parent_session_id IS DISTINCT FROM NEW.parent_session_id AND NEW.parent_session_id IS NOT NULL))
    EXECUTE FUNCTION keep_chat_origin();

CREATE OR REPLACE FUNCTION check_message_order() RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    added record;
    chat record;
    fits boolean;
BEGIN
    -- One message alone, which is what most statements append: one look at its chat and at the message before it.
    SELECT one.messages OPERATOR(pg_catalog.=) 1 AND one.seq OPERATOR(pg_catalog.=) chat_sessions.last_seq
        AND chat_sessions.state OPERATOR(pg_catalog.=) 'active' AND chat_sessions.deleted_at IS NULL
        AND (one.seq OPERATOR(pg_catalog.=) 1 OR EXISTS (
            SELECT FROM public.messages
            WHERE messages.session_id OPERATOR(pg_catalog.=) one.session_id
              AND messages.seq OPERATOR(pg_catalog.=) (one.seq OPERATOR(pg_catalog.-) 1)))
    INTO fits
    FROM (SELECT session_id, seq, (SELECT pg_catalog.count(*) FROM new_rows) AS messages FROM new_rows LIMIT 1) AS one
    JOIN public.chat_sessions ON chat_sessions.id OPERATOR(pg_catalog.=) one.session_id;
    IF fits THEN
        RETURN NULL;
    END IF;

    -- Several messages, and whatever has to be refused.
    FOR added IN
        SELECT session_id, pg_catalog.min(seq) AS first, pg_catalog.max(seq) AS last, pg_catalog.count(*) AS messages
        FROM new_rows GROUP BY session_id
    LOOP
        SELECT last_seq, state, deleted_at INTO chat
        FROM public.chat_sessions WHERE id OPERATOR(pg_catalog.=) added.session_id;
        IF chat.deleted_at IS NOT NULL THEN
            RAISE EXCEPTION 'chat % is deleted: nothing can be written to it', added.session_id
                USING ERRCODE = 'check_violation', TABLE = 'chat_sessions',
                    CONSTRAINT = 'chat_sessions_deleted_check';
        END IF;
        IF chat.state OPERATOR(pg_catalog.<>) 'active' THEN
            RAISE EXCEPTION 'chat % is completed: nothing can be written to it', added.session_id
                USING ERRCODE = 'check_violation', TABLE = 'chat_sessions',
                    CONSTRAINT = 'chat_sessions_writable_check';
        END IF;
        IF added.last OPERATOR(pg_catalog.<>) chat.last_seq
            OR added.messages OPERATOR(pg_catalog.<>) (added.last OPERATOR(pg_catalog.-) added.first OPERATOR(pg_catalog.+) 1)
            OR (added.first OPERATOR(pg_catalog.>) 1 AND NOT EXISTS (
                SELECT FROM public.messages
                WHERE session_id OPERATOR(pg_catalog.=) added.session_id
                  AND seq OPERATOR(pg_catalog.=) (added.first OPERATOR(pg_catalog.-) 1)))
        THEN
            RAISE EXCEPTION 'messages % to % of chat % don''t follow the others without a gap up to its last_seq %',
                added.first, added.last, added.session_id, chat.last_seq
                USING ERRCODE = 'check_violation', TABLE = 'messages', CONSTRAINT = 'messages_order_check';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
