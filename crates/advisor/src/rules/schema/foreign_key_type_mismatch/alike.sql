CREATE DOMAIN user_id AS bigint;
CREATE TABLE users (id user_id PRIMARY KEY, name varchar(40) UNIQUE);
CREATE TABLE posts (
    id bigint PRIMARY KEY,
    author_id bigint NOT NULL REFERENCES users,
    author_name text REFERENCES users (name)
);
