CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
CREATE INDEX users_email_idx ON users (email);
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX events_day_idx ON ONLY events (day);
CREATE INDEX events_2024_day_idx ON events_2024 (day);
ALTER INDEX events_day_idx ATTACH PARTITION events_2024_day_idx;
