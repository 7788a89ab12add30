CREATE TABLE users (
    id bigint PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz NOT NULL DEFAULT '2020-01-01',
    last_seen_at timestamptz NOT NULL DEFAULT '-infinity'
);
