-- expect: column public.users.created_at
CREATE TABLE users (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT 'now');
