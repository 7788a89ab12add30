CREATE TABLE users (id bigint PRIMARY KEY);
-- The row stays.
CREATE TABLE pictures (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON DELETE SET NULL, storage_key text NOT NULL);
-- A trigger notes the key.
CREATE TABLE deleted_blobs (storage_key text PRIMARY KEY);
CREATE TABLE files (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE, storage_key text NOT NULL);
CREATE FUNCTION note_blob() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO deleted_blobs VALUES (OLD.storage_key);
    RETURN NULL;
END
$$;
CREATE TRIGGER files_note_blob AFTER DELETE ON files FOR EACH ROW EXECUTE FUNCTION note_blob();
