CREATE SCHEMA school;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA school;
CREATE TYPE school.mood AS ENUM ('sad', 'happy');
CREATE DOMAIN school.email AS text DEFAULT '' NOT NULL CONSTRAINT email_check CHECK (VALUE ~ '@');
CREATE TYPE school.address AS (street text COLLATE "C", number int);
CREATE TYPE school.span AS RANGE (SUBTYPE = timestamptz);
CREATE COLLATION school.plain (provider = libc, locale = 'C');
CREATE SEQUENCE school.counter INCREMENT 5;
CREATE TABLE school.pupils (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL COLLATE "C",
    shout text GENERATED ALWAYS AS (upper(name)) STORED,
    born date DEFAULT '2010-02-03' CHECK (born > '1900-01-01'),
    seen timestamptz DEFAULT '2024-01-01 00:00:00+00',
    "Odd name" int DEFAULT nextval('school.counter'),
    CONSTRAINT pupils_name_key UNIQUE (name) DEFERRABLE
) WITH (fillfactor = 80, toast.autovacuum_enabled = off);
CREATE TABLE school.marks (pupil_id bigint REFERENCES school.pupils ON DELETE CASCADE, given date, mark int)
    PARTITION BY RANGE (given);
CREATE TABLE school.marks_2024 PARTITION OF school.marks FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX marks_mark_idx ON school.marks (mark);
CREATE TABLE school.lessons (title text);
CREATE UNLOGGED TABLE school.scratch (id serial, PRIMARY KEY (id));
CREATE INDEX pupils_name_idx ON school.pupils USING gin (name school.gin_trgm_ops) WHERE born IS NOT NULL;
CREATE STATISTICS school.pupils_stats ON name, born FROM school.pupils;
CREATE VIEW school.names WITH (security_barrier) AS SELECT id, name FROM school.pupils;
ALTER VIEW school.names ALTER COLUMN name SET DEFAULT 'x';
CREATE MATERIALIZED VIEW school.counts AS SELECT count(*) FROM school.pupils;
CREATE FUNCTION school.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE FUNCTION school.plus(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT a + b $$;
CREATE PROCEDURE school.nop() LANGUAGE sql AS $$ SELECT 1 $$;
CREATE AGGREGATE school.total (int) (SFUNC = school.plus, STYPE = int, INITCOND = '0');
CREATE OPERATOR school.%%% (LEFTARG = int, RIGHTARG = int, FUNCTION = school.plus);
CREATE CAST (school.address AS text) WITH INOUT;
CREATE TRIGGER pupils_stamp BEFORE UPDATE ON school.pupils FOR EACH ROW EXECUTE FUNCTION school.stamp();
CREATE RULE keep AS ON DELETE TO school.scratch DO INSTEAD NOTHING;
ALTER TABLE school.pupils ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON school.pupils FOR SELECT TO PUBLIC USING (name = current_user);
CREATE FUNCTION school.guard() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER school_guard ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION school.guard();
CREATE PUBLICATION lessons FOR TABLE school.pupils;
CREATE TEXT SEARCH DICTIONARY school.words (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION school.search (COPY = simple);
CREATE FOREIGN DATA WRAPPER elsewhere;
CREATE SERVER other FOREIGN DATA WRAPPER elsewhere OPTIONS (host 'x');
CREATE FOREIGN TABLE school.remote (id int) SERVER other OPTIONS (name 'y');
GRANT SELECT (name), UPDATE ON school.pupils TO PUBLIC;
GRANT USAGE ON SCHEMA school TO PUBLIC;
REVOKE EXECUTE ON FUNCTION school.stamp() FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA school GRANT SELECT ON TABLES TO PUBLIC;
COMMENT ON SCHEMA school IS 'A school';
COMMENT ON TABLE school.pupils IS 'It''s who learns';
COMMENT ON COLUMN school.pupils.name IS 'What they are called';
COMMENT ON CONSTRAINT pupils_name_key ON school.pupils IS 'One each';
COMMENT ON INDEX school.pupils_name_idx IS 'For the search';
