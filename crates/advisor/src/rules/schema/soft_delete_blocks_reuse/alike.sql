CREATE TABLE users (
    id bigint PRIMARY KEY,
    email text NOT NULL,
    handle text NOT NULL,
    -- Never made again.
    token_hash text NOT NULL UNIQUE,
    storage_key text NOT NULL UNIQUE,
    external_id text UNIQUE,
    deleted_at timestamptz,
    UNIQUE (handle, deleted_at)
);
CREATE UNIQUE INDEX users_email_key ON users (email) WHERE deleted_at IS NULL;
-- Nothing of it is marked.
CREATE TABLE countries (id bigint PRIMARY KEY, name text NOT NULL UNIQUE);
