-- expect: column public.users.seen_at
-- expect: schema other
CREATE TABLE users (
    id bigint PRIMARY KEY,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    -- A slip.
    seen_at timestamp
);
-- A habit.
CREATE SCHEMA other;
CREATE TABLE other.notes (id bigint PRIMARY KEY, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
