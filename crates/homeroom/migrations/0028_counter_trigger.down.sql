DROP TRIGGER chat_sessions_refuse_write ON chat_sessions;
CREATE OR REPLACE FUNCTION refuse_chat_write() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NEW.last_seq < OLD.last_seq THEN
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

CREATE TRIGGER chat_sessions_refuse_write
    BEFORE UPDATE ON chat_sessions
    FOR EACH ROW WHEN (
        OLD.last_seq <> NEW.last_seq
        AND (OLD.state <> 'active' OR OLD.deleted_at IS NOT NULL OR NEW.last_seq < OLD.last_seq))
    EXECUTE FUNCTION refuse_chat_write();
