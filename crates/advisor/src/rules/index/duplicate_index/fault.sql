-- expect: index public.users_email_idx
-- expect: index public.users_name_idx2
CREATE TABLE users (
    id bigint PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL
);
-- The constraint has an index of its own.
CREATE INDEX users_email_idx ON users (email);
CREATE INDEX users_name_idx1 ON users (lower(name)) WHERE name <> '';
CREATE INDEX users_name_idx2 ON users (lower(name)) WHERE name <> '';
