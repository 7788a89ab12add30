CREATE TABLE sessions (
    id               uuid        NOT NULL DEFAULT uuid_v7() PRIMARY KEY,
    user_id          uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash       bytea       NOT NULL CONSTRAINT sessions_token_hash_key UNIQUE,
    context          text        NOT NULL DEFAULT 'unknown',
    created_at       timestamptz NOT NULL DEFAULT now(),
    last_activity_at timestamptz NOT NULL DEFAULT now(),
    expires_at       timestamptz NOT NULL,
    CONSTRAINT sessions_token_hash_check CHECK (octet_length(token_hash) = 32),
    CONSTRAINT sessions_context_check
        CHECK (context IN ('personal', 'shared', 'unknown', 'oauth_google', 'oauth_microsoft')),
    CONSTRAINT sessions_expires_at_check CHECK (expires_at > created_at),
    CONSTRAINT sessions_last_activity_at_check CHECK (last_activity_at >= created_at),
    CONSTRAINT sessions_shared_lifetime_check
        CHECK (context <> 'shared' OR expires_at <= created_at + interval '2 hours')
);

CREATE INDEX sessions_user_id_idx ON sessions (user_id);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

COMMENT ON TABLE sessions IS 'Sign-in sessions (not chats).';
COMMENT ON COLUMN sessions.token_hash IS 'SHA-256 of the token; the token itself is never stored.';
COMMENT ON COLUMN sessions.context IS 'personal | shared | unknown | oauth_google | oauth_microsoft; a shared device is signed out after two hours and never extended.';
COMMENT ON COLUMN sessions.last_activity_at IS 'When the session was last used.';
COMMENT ON COLUMN sessions.expires_at IS 'The session is void from this time on; the row is purged later.';
