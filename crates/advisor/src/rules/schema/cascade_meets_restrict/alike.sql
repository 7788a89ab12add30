CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE tools (id bigint PRIMARY KEY, created_by bigint REFERENCES users ON DELETE SET NULL);
CREATE TABLE chats (
    id bigint PRIMARY KEY,
    tool_id bigint NOT NULL REFERENCES tools ON DELETE RESTRICT,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE
);
-- They go by the same delete, which looks at the end.
CREATE TABLE messages (
    id bigint PRIMARY KEY,
    chat_id bigint NOT NULL REFERENCES chats,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE
);
-- It forbids the delete openly.
CREATE TABLE accounts (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE);
CREATE TABLE payments (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE RESTRICT,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE RESTRICT
);
