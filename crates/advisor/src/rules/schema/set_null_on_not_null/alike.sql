CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE posts (
    id bigint PRIMARY KEY,
    author_id bigint REFERENCES users ON DELETE SET NULL,
    editor_id bigint NOT NULL DEFAULT 0 REFERENCES users ON DELETE SET DEFAULT,
    owner_id bigint NOT NULL REFERENCES users ON DELETE CASCADE
);
