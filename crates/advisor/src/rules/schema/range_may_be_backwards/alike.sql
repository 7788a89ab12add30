CREATE TABLE meetings (id bigint PRIMARY KEY, starts_at timestamptz NOT NULL, ends_at timestamptz, CHECK (ends_at > starts_at));
CREATE TABLE stays (id bigint PRIMARY KEY, start_date date NOT NULL, end_date date NOT NULL);
CREATE INDEX stays_idx ON stays USING gist (daterange(start_date, end_date));
CREATE TABLE shifts (id bigint PRIMARY KEY, during tstzrange NOT NULL, starts_at timestamptz GENERATED ALWAYS AS (lower(during)) STORED);
