-- expect: table public.notes
CREATE TABLE notes (id bigint PRIMARY KEY, owner text NOT NULL);
CREATE POLICY own_notes ON notes USING (owner = current_user);
