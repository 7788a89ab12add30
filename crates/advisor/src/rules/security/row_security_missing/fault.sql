-- expect: table public.files
-- expect: table public.note_versions
CREATE TABLE owners (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL REFERENCES owners);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_notes ON notes USING (owner_id = current_setting('app.owner')::bigint);
-- The same column, and rows that belong to those of a protected table.
CREATE TABLE files (id bigint PRIMARY KEY, owner_id bigint NOT NULL REFERENCES owners);
CREATE TABLE note_versions (note_id bigint REFERENCES notes ON DELETE CASCADE, number integer, PRIMARY KEY (note_id, number));
GRANT SELECT ON notes, files, note_versions TO pg_monitor;
