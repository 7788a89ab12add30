CREATE TABLE measurements (taken_at timestamptz NOT NULL, value numeric NOT NULL, PRIMARY KEY (taken_at)) PARTITION BY RANGE (taken_at);
CREATE TABLE measurements_2024 PARTITION OF measurements FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE people (id bigint PRIMARY KEY);
CREATE TABLE teachers (subject text) INHERITS (people);
-- The history of a tool of migration, and what goes with the session.
CREATE TABLE schema_migrations (version text NOT NULL);
CREATE TEMPORARY TABLE drafts (text text);
CREATE VIEW names AS SELECT id FROM people;
