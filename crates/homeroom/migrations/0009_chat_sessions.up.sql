CREATE TABLE chat_sessions (
    id                uuid        NOT NULL DEFAULT uuid_v7() PRIMARY KEY,
    user_id           uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    tool_id           uuid        NOT NULL REFERENCES tools (id) ON DELETE RESTRICT,
    parent_session_id uuid        REFERENCES chat_sessions (id) ON DELETE SET NULL,
    fork_from_seq     integer,
    last_seq          integer     NOT NULL DEFAULT 0,
    state             text        NOT NULL DEFAULT 'active',
    title             text,
    started_at        timestamptz NOT NULL DEFAULT now(),
    ended_at          timestamptz,
    last_activity_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at        timestamptz,
    CONSTRAINT chat_sessions_fork_from_seq_check
        CHECK (fork_from_seq >= 1 AND (parent_session_id IS NULL OR fork_from_seq IS NOT NULL)),
    CONSTRAINT chat_sessions_last_seq_check CHECK (last_seq >= 0),
    CONSTRAINT chat_sessions_state_check CHECK (state IN ('active', 'completed')),
    CONSTRAINT chat_sessions_title_check CHECK (char_length(title) BETWEEN 1 AND 200),
    CONSTRAINT chat_sessions_ended_at_check CHECK ((state = 'completed') = (ended_at IS NOT NULL)),
    CONSTRAINT chat_sessions_times_check CHECK (ended_at >= started_at AND last_activity_at >= started_at)
    -- Every append moves last_seq and last_activity_at: room on the page keeps that update HOT. No index may hold them.
) WITH (fillfactor = 85);

CREATE INDEX chat_sessions_user_id_idx ON chat_sessions (user_id);
CREATE INDEX chat_sessions_tool_id_idx ON chat_sessions (tool_id);
CREATE INDEX chat_sessions_parent_session_id_idx ON chat_sessions (parent_session_id)
    WHERE parent_session_id IS NOT NULL;

CREATE FUNCTION check_chat_fork() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    parent chat_sessions%ROWTYPE;
BEGIN
    -- A parent has to stand before its fork does, and never changes: so there is no way into a cycle.
    SELECT * INTO parent FROM chat_sessions WHERE id = NEW.parent_session_id FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'chat % has no parent %', NEW.id, NEW.parent_session_id
            USING ERRCODE = 'foreign_key_violation', TABLE = 'chat_sessions',
                CONSTRAINT = 'chat_sessions_parent_session_id_fkey';
    END IF;
    IF parent.deleted_at IS NOT NULL THEN
        RAISE EXCEPTION 'chat % is deleted: it can''t be forked', parent.id
            USING ERRCODE = 'check_violation', TABLE = 'chat_sessions',
                CONSTRAINT = 'chat_sessions_parent_deleted_check';
    END IF;
    IF parent.tool_id <> NEW.tool_id THEN
        RAISE EXCEPTION 'a fork keeps its parent''s tool %, not %', parent.tool_id, NEW.tool_id
            USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_fork_tool_check';
    END IF;
    IF NEW.fork_from_seq > parent.last_seq THEN
        RAISE EXCEPTION 'chat % has % messages: it can''t be forked at %', parent.id, parent.last_seq, NEW.fork_from_seq
            USING ERRCODE = 'check_violation', TABLE = 'chat_sessions',
                CONSTRAINT = 'chat_sessions_fork_from_seq_check';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION check_chat_fork() IS 'A fork leaves a live chat at a message that it has, and keeps its tool.';

CREATE FUNCTION keep_chat_origin() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'where chat % comes from (its tool, parent and fork point) can''t be changed', OLD.id
        USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_origin_check';
END
$$;
COMMENT ON FUNCTION keep_chat_origin() IS 'The tool, parent and fork point of a chat never change; a deleted parent leaves null.';

CREATE FUNCTION refuse_chat_write() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NEW.last_seq < OLD.last_seq THEN
        RAISE EXCEPTION 'the messages of chat % are counted upwards: % is less than %', OLD.id, NEW.last_seq, OLD.last_seq
            USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_last_seq_check';
    END IF;
    RAISE EXCEPTION 'chat % is %: nothing can be written to it', OLD.id,
        CASE WHEN OLD.deleted_at IS NULL THEN 'completed' ELSE 'deleted' END
        USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_writable_check';
END
$$;
COMMENT ON FUNCTION refuse_chat_write() IS 'Completed and deleted chats take no messages.';

CREATE TRIGGER chat_sessions_check_fork
    BEFORE INSERT ON chat_sessions
    FOR EACH ROW WHEN (NEW.parent_session_id IS NOT NULL)
    EXECUTE FUNCTION check_chat_fork();
CREATE TRIGGER chat_sessions_keep_origin
    BEFORE UPDATE ON chat_sessions
    FOR EACH ROW WHEN (
        OLD.tool_id <> NEW.tool_id
        OR OLD.fork_from_seq IS DISTINCT FROM NEW.fork_from_seq
        OR (OLD.parent_session_id IS DISTINCT FROM NEW.parent_session_id AND NEW.parent_session_id IS NOT NULL))
    EXECUTE FUNCTION keep_chat_origin();
CREATE TRIGGER chat_sessions_refuse_write
    BEFORE UPDATE ON chat_sessions
    FOR EACH ROW WHEN (
        OLD.last_seq <> NEW.last_seq
        AND (OLD.state <> 'active' OR OLD.deleted_at IS NOT NULL OR NEW.last_seq < OLD.last_seq))
    EXECUTE FUNCTION refuse_chat_write();

COMMENT ON TABLE chat_sessions IS 'Chats of people with tools, kept in order; a chat can fork from another.';
COMMENT ON COLUMN chat_sessions.tool_id IS 'The version of the tool that was used; it stays as long as a chat needs it.';
COMMENT ON COLUMN chat_sessions.parent_session_id IS 'The chat that this one left; null: none, or it was deleted for good (then fork_from_seq stays).';
COMMENT ON COLUMN chat_sessions.fork_from_seq IS 'The last message that was taken over from the parent.';
COMMENT ON COLUMN chat_sessions.last_seq IS 'How many messages the chat has, which is the seq of its last; raised in the statement that appends.';
COMMENT ON COLUMN chat_sessions.state IS 'active | completed.';
COMMENT ON COLUMN chat_sessions.ended_at IS 'Set exactly when completed.';
COMMENT ON COLUMN chat_sessions.last_activity_at IS 'Moved by every append.';
COMMENT ON COLUMN chat_sessions.deleted_at IS 'Soft delete; null while live.';
