-- expect: column public.chats.ended_at
-- expect: column public.files.deleted_at
CREATE TABLE chats (
    id bigint PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('active', 'completed')),
    ended_at timestamptz
);
CREATE TYPE file_status AS ENUM ('active', 'soft_deleted');
CREATE TABLE files (id bigint PRIMARY KEY, status file_status NOT NULL, deleted_at timestamptz);
