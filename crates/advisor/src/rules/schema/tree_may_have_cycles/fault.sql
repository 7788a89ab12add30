-- expect: column public.groups.parent_id
-- expect: column public.chats.parent_chat_id
CREATE TABLE groups (id bigint PRIMARY KEY, parent_id bigint REFERENCES groups);
-- The shortest cycle only.
CREATE TABLE chats (id bigint PRIMARY KEY, parent_chat_id bigint REFERENCES chats, CHECK (parent_chat_id <> id));
