CREATE TABLE notes (id bigint PRIMARY KEY, owner text NOT NULL);
CREATE POLICY own_notes ON notes USING (owner = current_user);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE TABLE lessons (id bigint PRIMARY KEY);
