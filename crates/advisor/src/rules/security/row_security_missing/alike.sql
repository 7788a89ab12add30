CREATE TABLE owners (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL REFERENCES owners, deleted_at timestamptz);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_notes ON notes USING (owner_id = current_setting('app.owner')::bigint AND deleted_at IS NULL);
CREATE TABLE files (id bigint PRIMARY KEY, owner_id bigint NOT NULL REFERENCES owners);
ALTER TABLE files ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_files ON files USING (owner_id = current_setting('app.owner')::bigint);
-- The same for everybody.
CREATE TABLE subjects (id bigint PRIMARY KEY, name text NOT NULL, deleted_at timestamptz);
-- Nobody else may read it at all.
CREATE TABLE owner_keys (id bigint PRIMARY KEY, owner_id bigint NOT NULL REFERENCES owners);
GRANT SELECT ON owners, notes, files, subjects TO pg_monitor;
