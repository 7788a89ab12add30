CREATE TABLE users (
    id bigint PRIMARY KEY,
    password_hash text NOT NULL,
    password_changed_at timestamptz,
    has_password boolean,
    encrypted_password text,
    -- Only a hash is let in.
    password text CHECK (password LIKE '$argon2id$%')
);
CREATE TABLE sessions (id bigint PRIMARY KEY, token bytea NOT NULL UNIQUE, session_token text, tokens integer);
COMMENT ON COLUMN sessions.session_token IS 'SHA-256 of the token, in hexadecimal';
-- Words of a text, keys of a map.
CREATE TABLE words (id bigint PRIMARY KEY, token text NOT NULL, next_page_token text, secretary text, key text);
