-- expect: constraint public.posts.posts_author_id_fkey
-- expect: constraint public.posts.posts_editor_id_fkey
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE posts (
    id bigint PRIMARY KEY,
    author_id bigint NOT NULL REFERENCES users ON DELETE SET NULL,
    editor_id bigint NOT NULL REFERENCES users ON DELETE SET DEFAULT
);
