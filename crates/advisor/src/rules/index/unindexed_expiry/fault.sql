-- expect: column public.sessions.expires_at
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    user_id bigint NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user_id_expires_at_idx ON sessions (user_id, expires_at);
