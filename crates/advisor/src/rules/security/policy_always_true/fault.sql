-- expect: policy public.notes.all_notes
-- expect: policy public.notes.new_notes
CREATE TABLE notes (id bigint PRIMARY KEY, owner text NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_notes ON notes USING (owner = current_user);
CREATE POLICY all_notes ON notes FOR UPDATE USING (true);
CREATE POLICY new_notes ON notes FOR INSERT WITH CHECK (true);
