CREATE TABLE folders (id bigint PRIMARY KEY, deleted_at timestamptz);
CREATE TABLE documents (id bigint PRIMARY KEY, folder_id bigint NOT NULL REFERENCES folders ON DELETE RESTRICT, deleted_at timestamptz);
-- A part of the row that is marked, not a row to be restored.
CREATE TABLE folder_labels (folder_id bigint NOT NULL REFERENCES folders ON DELETE CASCADE, label text NOT NULL, PRIMARY KEY (folder_id, label));
