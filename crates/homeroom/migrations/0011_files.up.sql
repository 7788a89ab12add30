CREATE TABLE files (
    id              uuid        NOT NULL DEFAULT uuid_v7() PRIMARY KEY,
    original_name   text        NOT NULL,
    mime_type       text        NOT NULL,
    size_bytes      bigint      NOT NULL,
    storage_backend text        NOT NULL,
    storage_key     text        NOT NULL CONSTRAINT files_storage_key_key UNIQUE,
    uploaded_by     uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    group_id        uuid        REFERENCES groups (id) ON DELETE SET NULL,
    purpose         text        NOT NULL DEFAULT 'general',
    status          text        NOT NULL DEFAULT 'active',
    created_at      timestamptz NOT NULL DEFAULT now(),
    deleted_at      timestamptz,
    CONSTRAINT files_original_name_check CHECK (char_length(original_name) BETWEEN 1 AND 255),
    -- RFC 6838, section 4.2: each half of a media type has at most 127 characters.
    CONSTRAINT files_mime_type_check CHECK (mime_type ~ '^[^/[:space:]]{1,127}/[^/[:space:]]{1,127}$'),
    CONSTRAINT files_size_bytes_check CHECK (size_bytes >= 0),
    CONSTRAINT files_storage_backend_check CHECK (storage_backend IN ('s3', 'local')),
    CONSTRAINT files_storage_key_check CHECK (octet_length(storage_key) BETWEEN 1 AND 1024),
    CONSTRAINT files_purpose_check CHECK (char_length(purpose) BETWEEN 1 AND 50),
    CONSTRAINT files_status_check CHECK (status IN ('active', 'soft_deleted')),
    CONSTRAINT files_deleted_at_check CHECK ((status = 'soft_deleted') = (deleted_at IS NOT NULL))
);

CREATE INDEX files_uploaded_by_idx ON files (uploaded_by);
CREATE INDEX files_group_id_idx ON files (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX files_deleted_at_idx ON files (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE deleted_blobs (
    id              bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    storage_backend text        NOT NULL,
    storage_key     text        NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION queue_deleted_blobs() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO deleted_blobs (storage_backend, storage_key) SELECT storage_backend, storage_key FROM old_rows;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION queue_deleted_blobs() IS 'Keeps the storage keys of deleted files, so that no blob is orphaned.';

CREATE TRIGGER files_check_insert
    AFTER INSERT ON files REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION require_live_groups();
CREATE TRIGGER files_queue_deleted_blobs
    AFTER DELETE ON files REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION queue_deleted_blobs();

COMMENT ON TABLE files IS 'Uploaded files; the bytes are in a blob store.';
COMMENT ON COLUMN files.storage_backend IS 's3 | local.';
COMMENT ON COLUMN files.storage_key IS 'Where the bytes are in the blob store.';
COMMENT ON COLUMN files.group_id IS 'The group that the file was uploaded for; null: none, or it was deleted for good.';
COMMENT ON COLUMN files.purpose IS 'What the file is for, in the application''s terms.';
COMMENT ON COLUMN files.status IS 'active | soft_deleted, in step with deleted_at.';
COMMENT ON COLUMN files.deleted_at IS 'Soft delete: restorable for 30 days, then purged.';
COMMENT ON TABLE deleted_blobs IS 'Outbox: storage keys of files whose rows are gone; a worker deletes the blob, then the row.';
COMMENT ON COLUMN deleted_blobs.id IS 'The order in which blobs were queued.';
