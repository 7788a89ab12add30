CREATE TYPE user_status AS ENUM ('active', 'suspended');
CREATE TABLE roles (role text PRIMARY KEY);
CREATE TABLE users (
    id bigint PRIMARY KEY,
    status user_status NOT NULL DEFAULT 'active',
    role text NOT NULL REFERENCES roles,
    kind text NOT NULL CHECK (kind IN ('person', 'robot'))
);
-- The state of an address, the class of a row, a kind of contents, a word that a person types.
CREATE TABLE addresses (id bigint PRIMARY KEY, street text, city text, state text);
CREATE TABLE comments (id bigint PRIMARY KEY, subject_type text NOT NULL, subject_id bigint NOT NULL);
CREATE TABLE files (id bigint PRIMARY KEY, mime_type text NOT NULL DEFAULT 'text', title text NOT NULL DEFAULT 'untitled');
CREATE TABLE audit_events (id bigint PRIMARY KEY, type text NOT NULL);
