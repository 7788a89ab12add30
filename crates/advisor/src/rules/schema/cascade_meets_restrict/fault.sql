-- expect: constraint public.chats.chats_tool_id_fkey
CREATE TABLE groups (id bigint PRIMARY KEY);
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE tools (
    id bigint PRIMARY KEY,
    group_id bigint REFERENCES groups ON DELETE CASCADE,
    created_by bigint NOT NULL REFERENCES users ON DELETE CASCADE
);
-- Once somebody has chatted with a tool neither its author nor its group can be deleted.
CREATE TABLE chats (
    id bigint PRIMARY KEY,
    tool_id bigint NOT NULL REFERENCES tools ON DELETE RESTRICT,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE
);
