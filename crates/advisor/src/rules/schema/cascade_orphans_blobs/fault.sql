-- expect: constraint public.files.files_uploaded_by_fkey
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE files (
    id bigint PRIMARY KEY,
    uploaded_by bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    storage_key text NOT NULL
);
