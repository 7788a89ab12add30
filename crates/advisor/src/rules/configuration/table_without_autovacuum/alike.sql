CREATE TABLE events (id bigint PRIMARY KEY) WITH (autovacuum_enabled = true, autovacuum_vacuum_scale_factor = 0.01);
CREATE TABLE notes (id bigint PRIMARY KEY) WITH (toast.autovacuum_enabled = false);
ALTER TABLE notes RESET (toast.autovacuum_enabled);
