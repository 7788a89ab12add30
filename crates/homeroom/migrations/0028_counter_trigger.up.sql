-- The condition of a trigger is text that the server reads anew in each statement, and setting a search_path is not free either:
-- this one was a twelfth of an append. A function of its own is compiled once a connection.

CREATE OR REPLACE FUNCTION refuse_chat_write() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW.last_seq OPERATOR(pg_catalog.=) OLD.last_seq
        OR (NEW.last_seq OPERATOR(pg_catalog.>) OLD.last_seq
            AND OLD.state OPERATOR(pg_catalog.=) 'active' AND OLD.deleted_at IS NULL)
    THEN
        RETURN NEW;
    END IF;
    IF NEW.last_seq OPERATOR(pg_catalog.<) OLD.last_seq THEN
        RAISE EXCEPTION 'the messages of chat % are counted upwards: % is less than %', OLD.id, NEW.last_seq, OLD.last_seq
            USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_last_seq_check';
    END IF;
    IF OLD.deleted_at IS NOT NULL THEN
        RAISE EXCEPTION 'chat % is deleted: nothing can be written to it', OLD.id
            USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_deleted_check';
    END IF;
    RAISE EXCEPTION 'chat % is completed: nothing can be written to it', OLD.id
        USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_writable_check';
END
$$;

DROP TRIGGER chat_sessions_refuse_write ON chat_sessions; -- check-ignore: locks-table for a moment, no row is read or written
CREATE TRIGGER chat_sessions_refuse_write
    BEFORE UPDATE OF last_seq ON chat_sessions
    FOR EACH ROW EXECUTE FUNCTION refuse_chat_write();
