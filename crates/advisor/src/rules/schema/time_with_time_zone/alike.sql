CREATE TABLE shops (id bigint PRIMARY KEY, opens time NOT NULL, opened_at timestamptz);
