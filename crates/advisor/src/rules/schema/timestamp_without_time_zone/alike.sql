CREATE TABLE users (id bigint PRIMARY KEY, created_at timestamptz NOT NULL, born_on date, opens time);
