-- expect: table public.users
-- expect: table public.notes
-- expect: sequence public.numbers
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
GRANT SELECT, INSERT ON users TO PUBLIC;
CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL);
GRANT UPDATE (body) ON notes TO PUBLIC;
CREATE SEQUENCE numbers;
GRANT USAGE ON SEQUENCE numbers TO PUBLIC;
