CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
-- It may have no end.
CREATE TABLE licences (id bigint PRIMARY KEY, expires_at timestamptz);
-- One row.
CREATE TABLE job_leader (name text PRIMARY KEY, expires_at timestamptz NOT NULL);
