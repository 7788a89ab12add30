-- The earlier system's schema, as far as the workloads need it: random keys, an index that repeats another, times without
-- order; filled with the same rows as fill.sql has made.
CREATE SCHEMA earlier;
SET search_path = earlier, public;
CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email varchar(255) NOT NULL UNIQUE, name varchar(255) NOT NULL,
    password_hash varchar(255), status varchar(50) NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz
);
CREATE INDEX users_email_idx ON users (email);
CREATE TABLE groups (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), parent_id uuid REFERENCES groups, name varchar(255) NOT NULL,
    slug varchar(255) NOT NULL, type varchar(50) NOT NULL, path ltree NOT NULL, settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz
);
CREATE INDEX groups_path_idx ON groups USING gist (path);
CREATE TABLE tools (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), group_id uuid, type varchar(50) NOT NULL, name varchar(255) NOT NULL,
    version varchar(50) NOT NULL, definition text NOT NULL, created_by uuid, created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz
);
CREATE TABLE chat_sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES users, tool_id uuid NOT NULL REFERENCES tools,
    parent_session_id uuid, fork_from_seq integer, state varchar(50) NOT NULL DEFAULT 'active', title varchar(255),
    started_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz, last_activity_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE INDEX chat_sessions_user_id_idx ON chat_sessions (user_id);
CREATE INDEX chat_sessions_last_activity_at_idx ON chat_sessions (last_activity_at);
CREATE TABLE messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), session_id uuid NOT NULL REFERENCES chat_sessions ON DELETE CASCADE,
    seq integer NOT NULL, role varchar(50) NOT NULL, content text NOT NULL, meta jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (session_id, seq)
);
CREATE INDEX messages_session_id_seq_idx ON messages (session_id, seq);

INSERT INTO users (email, name, status) SELECT email, name, status FROM public.users ORDER BY id;
INSERT INTO groups (id, parent_id, name, slug, type, path)
SELECT id, parent_id, name, slug, type, path FROM public.groups ORDER BY path;
INSERT INTO tools (type, name, version, definition) SELECT type, name, version, definition FROM public.tools;
INSERT INTO chat_sessions (user_id, tool_id, title, started_at, last_activity_at)
SELECT users.id, tools.id, chat.title, chat.started_at, chat.last_activity_at
FROM public.chat_sessions chat
JOIN public.users person ON person.id = chat.user_id JOIN users ON users.email = person.email
JOIN public.tools was ON was.id = chat.tool_id JOIN tools ON tools.name = was.name
ORDER BY chat.id;
SET session_replication_role = replica;
INSERT INTO messages (session_id, seq, role, content, meta, created_at)
SELECT chat.id, message.seq, message.role, message.content, message.meta, message.created_at
FROM public.chat_sessions was
JOIN chat_sessions chat ON chat.title = was.title
JOIN public.messages message ON message.session_id = was.id;
RESET session_replication_role;
VACUUM (ANALYZE);
RESET search_path;
