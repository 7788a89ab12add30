-- expect: constraint public.posts.posts_author_id_fkey
-- expect: column public.tags.id
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE posts (
    id bigint PRIMARY KEY,
    author_id integer NOT NULL REFERENCES users
);
CREATE TABLE tags (id integer PRIMARY KEY);
-- The key is too small, not what refers to it: one line for both.
CREATE TABLE taggings (tag_id bigint NOT NULL REFERENCES tags, other_tag_id bigint REFERENCES tags);
