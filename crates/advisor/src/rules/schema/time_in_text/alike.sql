CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz NOT NULL, created_by text, updated_by_name text, meet_at text);
