CREATE TABLE notes (id bigint PRIMARY KEY);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_notes ON notes FOR SELECT USING (true);
GRANT SELECT ON notes TO pg_monitor;
-- Closed to everybody, and nobody was given it either.
CREATE TABLE keys (id bigint PRIMARY KEY);
ALTER TABLE keys ENABLE ROW LEVEL SECURITY;
