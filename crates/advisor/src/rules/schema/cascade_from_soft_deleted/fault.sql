-- expect: table public.folders
CREATE TABLE folders (id bigint PRIMARY KEY, deleted_at timestamptz);
CREATE TABLE documents (
    id bigint PRIMARY KEY,
    folder_id bigint NOT NULL REFERENCES folders ON DELETE CASCADE,
    deleted_at timestamptz
);
