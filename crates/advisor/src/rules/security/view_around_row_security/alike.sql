CREATE TABLE notes (id bigint PRIMARY KEY, owner text NOT NULL, title text NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_notes ON notes USING (owner = current_user);
CREATE TABLE subjects (name text PRIMARY KEY);
-- Chooses the rows itself.
CREATE VIEW own_titles AS SELECT title FROM notes WHERE owner = current_user;
-- Reads nothing that is protected.
CREATE VIEW subject_names AS SELECT name FROM subjects;
-- Nobody else may read it.
CREATE VIEW titles AS SELECT title FROM notes;
GRANT SELECT ON notes, own_titles, subject_names TO pg_monitor;
