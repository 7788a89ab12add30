-- expect: index public.users_email_idx
-- expect: index public.events_day_idx
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
CREATE INDEX users_email_idx ON users (email);
-- As a CREATE INDEX CONCURRENTLY that failed leaves it.
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_email_idx'::regclass;
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX events_day_idx ON ONLY events (day);
