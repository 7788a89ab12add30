-- A forum as Ecto makes it: bigserial keys, times without a zone, varchar(255), foreign keys that do nothing unless told to.
CREATE EXTENSION citext;
CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0));
CREATE TABLE users (
    id bigserial PRIMARY KEY,
    email citext NOT NULL,
    username varchar(255) NOT NULL,
    role varchar(255) NOT NULL DEFAULT 'user',
    hashed_password varchar(255) NOT NULL,
    reputation integer NOT NULL DEFAULT 0,
    banned_until timestamp(0),
    deleted_at timestamp(0),
    inserted_at timestamp(0) NOT NULL,
    updated_at timestamp(0) NOT NULL
);
CREATE UNIQUE INDEX users_email_index ON users (email);
CREATE UNIQUE INDEX users_username_index ON users (lower(username)) WHERE deleted_at IS NULL;
CREATE TABLE users_tokens (
    id bigserial PRIMARY KEY,
    user_id bigint NOT NULL CONSTRAINT users_tokens_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    token bytea NOT NULL,
    context varchar(255) NOT NULL,
    sent_to varchar(255),
    inserted_at timestamp(0) NOT NULL
);
CREATE INDEX users_tokens_user_id_index ON users_tokens (user_id);
CREATE UNIQUE INDEX users_tokens_context_token_index ON users_tokens (context, token);
CREATE TABLE boards (
    id bigserial PRIMARY KEY,
    parent_board_id bigint CONSTRAINT boards_parent_board_id_fkey REFERENCES boards (id),
    title varchar(255) NOT NULL,
    slug varchar(255) NOT NULL,
    post_count integer NOT NULL DEFAULT 0,
    inserted_at timestamp(0) NOT NULL,
    updated_at timestamp(0) NOT NULL
);
CREATE INDEX boards_parent_board_id_index ON boards (parent_board_id);
CREATE UNIQUE INDEX boards_slug_index ON boards (slug);
CREATE TABLE topics (
    id bigserial PRIMARY KEY,
    board_id bigint NOT NULL CONSTRAINT topics_board_id_fkey REFERENCES boards (id) ON DELETE CASCADE,
    user_id bigint CONSTRAINT topics_user_id_fkey REFERENCES users (id) ON DELETE SET NULL,
    title varchar(255) NOT NULL,
    state varchar(255) NOT NULL CHECK (state IN ('open', 'closed', 'archived')),
    closed_at timestamp(0),
    tags varchar(255)[] NOT NULL DEFAULT '{}',
    metadata jsonb NOT NULL DEFAULT '{}',
    inserted_at timestamp(0) NOT NULL,
    updated_at timestamp(0) NOT NULL
);
CREATE INDEX topics_board_id_inserted_at_index ON topics (board_id, inserted_at DESC);
CREATE INDEX topics_board_id_index ON topics (board_id);
CREATE INDEX topics_user_id_index ON topics (user_id);
CREATE INDEX topics_tags_index ON topics USING gin (tags);
CREATE TABLE posts (
    id bigserial PRIMARY KEY,
    topic_id bigint NOT NULL CONSTRAINT posts_topic_id_fkey REFERENCES topics (id) ON DELETE CASCADE,
    user_id bigint NOT NULL CONSTRAINT posts_user_id_fkey REFERENCES users (id) ON DELETE SET NULL,
    reply_to_id bigint CONSTRAINT posts_reply_to_id_fkey REFERENCES posts (id) ON DELETE SET NULL,
    body text NOT NULL,
    inserted_at timestamp(0) NOT NULL,
    updated_at timestamp(0) NOT NULL
);
CREATE INDEX posts_topic_id_index ON posts (topic_id);
CREATE INDEX posts_user_id_index ON posts (user_id);
CREATE INDEX posts_reply_to_id_index ON posts (reply_to_id) WHERE reply_to_id IS NOT NULL;
CREATE TABLE attachments (
    id bigserial PRIMARY KEY,
    post_id bigint NOT NULL CONSTRAINT attachments_post_id_fkey REFERENCES posts (id) ON DELETE CASCADE,
    s3_key varchar(255) NOT NULL,
    content_type varchar(255) NOT NULL,
    byte_size integer NOT NULL
);
CREATE INDEX attachments_post_id_index ON attachments (post_id);
CREATE TABLE reports (
    id bigserial PRIMARY KEY,
    post_id bigint NOT NULL CONSTRAINT reports_post_id_fkey REFERENCES posts (id),
    reporter_id bigint CONSTRAINT reports_reporter_id_fkey REFERENCES users (id) ON DELETE SET NULL,
    severity varchar(255) NOT NULL DEFAULT 'low',
    resolved_by integer CONSTRAINT reports_resolved_by_fkey REFERENCES users (id) ON DELETE SET NULL,
    inserted_at timestamp(0) NOT NULL
);
CREATE INDEX reports_post_id_index ON reports (post_id);
CREATE INDEX reports_reporter_id_index ON reports (reporter_id);
CREATE TABLE votes (
    post_id bigint NOT NULL CONSTRAINT votes_post_id_fkey REFERENCES posts (id) ON DELETE CASCADE,
    user_id bigint NOT NULL CONSTRAINT votes_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    direction varchar(255) NOT NULL DEFAULT 'up'
);
CREATE INDEX votes_post_id_index ON votes (post_id);
CREATE INDEX votes_user_id_index ON votes (user_id);
CREATE TABLE moderation_log (
    id bigserial PRIMARY KEY,
    user_id bigint,
    type varchar(255) NOT NULL,
    inserted_at timestamp(0) NOT NULL
);
