CREATE EXTENSION ltree;
CREATE TABLE groups (id bigint PRIMARY KEY, path ltree NOT NULL, deleted_at timestamptz);
CREATE UNIQUE INDEX groups_path_key ON groups (path) WHERE deleted_at IS NULL;
-- Where something is put, not where the row stands.
CREATE TABLE products (id bigint PRIMARY KEY, category ltree NOT NULL);
