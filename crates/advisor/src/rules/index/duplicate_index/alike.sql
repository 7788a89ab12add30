CREATE TABLE users (
    id bigint PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL
);
-- Each differs in one thing from the index of the constraint, or from the one before it.
CREATE INDEX users_email_pattern_idx ON users (email text_pattern_ops);
CREATE INDEX users_email_collation_idx ON users (email COLLATE "C");
CREATE INDEX users_email_descending_idx ON users (email DESC);
CREATE INDEX users_email_hash_idx ON users USING hash (email);
CREATE INDEX users_email_with_name_idx ON users (email) INCLUDE (name);
CREATE INDEX users_email_named_idx ON users (email) WHERE name <> '';
CREATE INDEX users_email_unnamed_idx ON users (email) WHERE name = '';
CREATE INDEX users_lower_email_idx ON users (lower(email));
CREATE INDEX users_upper_email_idx ON users (upper(email));
-- Both are needed: one to be referenced, one to be checked at the commit.
CREATE TABLE places (number integer NOT NULL, CONSTRAINT places_number_key UNIQUE (number) DEFERRABLE);
CREATE UNIQUE INDEX places_number_idx ON places (number);
