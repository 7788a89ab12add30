CREATE TABLE users (
    id            uuid        NOT NULL DEFAULT uuid_v7() PRIMARY KEY,
    email         text,
    name          text        NOT NULL,
    password_hash text,
    status        text        NOT NULL DEFAULT 'pending_verification',
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    deleted_at    timestamptz,
    -- RFC 5321, section 4.5.3.1.3: a path is at most 256 octets, its angle brackets included.
    CONSTRAINT users_email_check CHECK (octet_length(email) <= 254 AND email ~ '^[^[:space:]@]+@[^[:space:]@]+$'),
    CONSTRAINT users_name_check CHECK (char_length(name) BETWEEN 1 AND 100 AND name ~ '[^[:space:]]'),
    CONSTRAINT users_password_hash_check CHECK (char_length(password_hash) BETWEEN 1 AND 255),
    CONSTRAINT users_status_check CHECK (status IN ('active', 'suspended', 'pending_verification'))
);

CREATE UNIQUE INDEX users_email_key ON users (lower(email)) WHERE deleted_at IS NULL;

CREATE TRIGGER users_touch
    BEFORE UPDATE ON users
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE users IS 'People: students, teachers, administrators.';
COMMENT ON COLUMN users.id IS 'UUID version 7, made by the client.';
COMMENT ON COLUMN users.email IS 'Optional, as school rosters need not have one; unique among live users, in any letter case.';
COMMENT ON COLUMN users.name IS 'The whole name as shown, 1 to 100 characters.';
COMMENT ON COLUMN users.password_hash IS 'An argon2id hash in PHC form; null: signs in elsewhere or not at all.';
COMMENT ON COLUMN users.status IS 'active | suspended | pending_verification; only active people can sign in.';
COMMENT ON COLUMN users.updated_at IS 'Moved by trigger on every real change.';
COMMENT ON COLUMN users.deleted_at IS 'Soft delete: when the person was removed; null while live.';
