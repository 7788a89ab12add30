-- expect: view public.note_titles
-- expect: view public.note_counts
CREATE TABLE notes (id bigint PRIMARY KEY, owner text NOT NULL, title text NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_notes ON notes USING (owner = current_user);
CREATE VIEW note_titles AS SELECT title FROM notes;
CREATE MATERIALIZED VIEW note_counts AS SELECT owner, count(*) FROM notes GROUP BY owner;
GRANT SELECT ON notes, note_titles, note_counts TO pg_monitor;
