CREATE TABLE chats (
    id bigint PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('active', 'completed')),
    ended_at timestamptz,
    -- What is deleted may be in any state.
    deleted_at timestamptz,
    CHECK ((state = 'completed') = (ended_at IS NOT NULL))
);
-- It keeps no status, or one of something else.
CREATE TABLE calls (id bigint PRIMARY KEY, ended_at timestamptz);
CREATE TABLE sign_ins (id bigint PRIMARY KEY, state text NOT NULL, nonce text NOT NULL, completed_at timestamptz);
CREATE TABLE people (id bigint PRIMARY KEY, status text NOT NULL, deleted_at timestamptz);
