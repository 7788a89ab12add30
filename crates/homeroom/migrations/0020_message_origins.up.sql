-- A fork of another person's chat copies what that person said. Such messages know whose they are, so that they are erased
-- with the person, whoever deletes them.

ALTER TABLE messages -- check-ignore: locks-table for a moment, no row is read or written
    ADD COLUMN origin_user_id uuid,
    ADD CONSTRAINT messages_origin_user_id_fkey FOREIGN KEY (origin_user_id) REFERENCES users (id) ON DELETE SET NULL NOT VALID;

CREATE FUNCTION erase_copied_messages() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    -- As a text that stands for itself in a regular expression.
    email CONSTANT text := regexp_replace(OLD.email, '([^[:alnum:]])', '\\\1', 'g');
BEGIN
    UPDATE messages
    SET content = CASE
            WHEN messages.role = 'user' THEN ''
            -- What a tool repeated.
            ELSE regexp_replace(replace(content, OLD.name, '…'), coalesce(email, '$^'), '…', 'gi')
        END,
        meta = CASE WHEN messages.role = 'user' THEN '{}' ELSE meta - 'extractions' END || '{"erased": true}',
        idempotency_key = NULL,
        origin_user_id = NULL
    WHERE origin_user_id = OLD.id;
    RETURN OLD;
END
$$;
COMMENT ON FUNCTION erase_copied_messages() IS
    'Leaves tombstones of what a person who is deleted for good said in chats that others have forked.';

CREATE TRIGGER users_erase_copied_messages
    BEFORE DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION erase_copied_messages();

COMMENT ON COLUMN messages.origin_user_id IS
    'Whose message it is, or in whose chat it was said first, where that is not the chat''s own person; null as well once they were erased.';
