-- expect: column public.chats.ended_at
-- expect: column public.files.deleted_at
-- expect: column public.jobs.completed_at
CREATE TABLE chats (
    id bigint PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('active', 'completed')),
    ended_at timestamptz
);
-- It may be any text, and so the end as well.
CREATE TABLE jobs (id bigint PRIMARY KEY, status text NOT NULL, completed_at timestamptz);
CREATE TYPE file_status AS ENUM ('active', 'soft_deleted');
CREATE TABLE files (id bigint PRIMARY KEY, status file_status NOT NULL, deleted_at timestamptz);
