-- The text of all CHECKs of a table is read anew in each statement that writes to it: that was a third of an append. What a domain
-- asks is kept by the connection, and is asked only of columns that are written to. So the rules of one column of the two tables
-- that every append writes to go to domains; all keep their names. (Not those of idempotency_key and fork_from_seq: an index with
-- a condition on them would be built anew.) No row is read or written here; 0030 reads them.
-- A parameter that stands alone for such a column has the type of the domain, unless the client names another: it is cast,
-- $1::text.

CREATE DOMAIN message_seq AS integer;
CREATE DOMAIN message_role AS text;
CREATE DOMAIN message_meta AS jsonb;
CREATE DOMAIN chat_last_seq AS integer;
CREATE DOMAIN chat_state AS text;
CREATE DOMAIN chat_title AS text;
COMMENT ON DOMAIN message_seq IS 'The place of a message in its chat.';
COMMENT ON DOMAIN message_role IS 'user | assistant | system.';
COMMENT ON DOMAIN message_meta IS 'An object of JSON.';
COMMENT ON DOMAIN chat_last_seq IS 'How many messages a chat has.';
COMMENT ON DOMAIN chat_state IS 'active | completed.';
COMMENT ON DOMAIN chat_title IS '1 to 200 characters.';

-- Triggers that name these columns would be in the way.
-- check-ignore: locks-table for a moment
DROP TRIGGER messages_keep_order_on_update ON messages;
-- check-ignore: ban-drop-constraint a domain holds the rule from the same moment
-- check-ignore: changing-column-type no row is read or written
ALTER TABLE messages
    DROP CONSTRAINT messages_seq_check,
    DROP CONSTRAINT messages_role_check,
    DROP CONSTRAINT messages_meta_check,
    ALTER seq TYPE message_seq,
    ALTER role TYPE message_role,
    ALTER meta TYPE message_meta;
CREATE TRIGGER messages_keep_order_on_update
    BEFORE UPDATE ON messages
    FOR EACH ROW WHEN (OLD.session_id <> NEW.session_id OR OLD.seq <> NEW.seq)
    EXECUTE FUNCTION keep_message_order();

-- check-ignore: locks-table for a moment
DROP TRIGGER chat_sessions_refuse_write ON chat_sessions;
-- check-ignore: ban-drop-constraint a domain holds the rule from the same moment
-- check-ignore: changing-column-type no row is read or written
ALTER TABLE chat_sessions
    DROP CONSTRAINT chat_sessions_last_seq_check,
    DROP CONSTRAINT chat_sessions_state_check,
    DROP CONSTRAINT chat_sessions_title_check,
    -- It names a column whose type changes, and would read all rows.
    DROP CONSTRAINT chat_sessions_ended_at_check,
    ALTER last_seq TYPE chat_last_seq,
    ALTER state TYPE chat_state,
    ALTER title TYPE chat_title,
    ADD CONSTRAINT chat_sessions_ended_at_check CHECK ((state = 'completed') = (ended_at IS NOT NULL)) NOT VALID;
CREATE TRIGGER chat_sessions_refuse_write
    BEFORE UPDATE OF last_seq ON chat_sessions
    FOR EACH ROW EXECUTE FUNCTION refuse_chat_write();

-- check-ignore: ban-alter-domain-with-add-constraint no row is read
ALTER DOMAIN message_seq ADD CONSTRAINT messages_seq_check CHECK (VALUE >= 1) NOT VALID;
-- check-ignore: ban-alter-domain-with-add-constraint no row is read
ALTER DOMAIN message_role ADD CONSTRAINT messages_role_check CHECK (VALUE IN ('user', 'assistant', 'system')) NOT VALID;
-- check-ignore: ban-alter-domain-with-add-constraint no row is read
ALTER DOMAIN message_meta ADD CONSTRAINT messages_meta_check CHECK (jsonb_typeof(VALUE) = 'object') NOT VALID;
-- check-ignore: ban-alter-domain-with-add-constraint no row is read
ALTER DOMAIN chat_last_seq ADD CONSTRAINT chat_sessions_last_seq_check CHECK (VALUE >= 0) NOT VALID;
-- check-ignore: ban-alter-domain-with-add-constraint no row is read
ALTER DOMAIN chat_state ADD CONSTRAINT chat_sessions_state_check CHECK (VALUE IN ('active', 'completed')) NOT VALID;
-- check-ignore: ban-alter-domain-with-add-constraint no row is read
ALTER DOMAIN chat_title ADD CONSTRAINT chat_sessions_title_check CHECK (char_length(VALUE) BETWEEN 1 AND 200) NOT VALID;
