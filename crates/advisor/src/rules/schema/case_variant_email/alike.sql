CREATE EXTENSION citext;
CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE by_index (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE UNIQUE INDEX by_index_lower_idx ON by_index (lower(email));
CREATE TABLE by_type (id bigint PRIMARY KEY, email citext NOT NULL UNIQUE);
CREATE TABLE by_check (id bigint PRIMARY KEY, email text NOT NULL UNIQUE CHECK (email = lower(email)));
CREATE TABLE by_collation (id bigint PRIMARY KEY, email text COLLATE no_case NOT NULL UNIQUE);
CREATE TABLE by_column (id bigint PRIMARY KEY, email text NOT NULL, email_key text GENERATED ALWAYS AS (lower(email)) STORED UNIQUE);
-- Not unique, and not an address.
CREATE TABLE messages (id bigint PRIMARY KEY, email text NOT NULL, email_id text UNIQUE);
