-- expect: function public.level_name(integer)
-- expect: function public.is_open(bigint)
CREATE TABLE levels (number integer PRIMARY KEY, name text NOT NULL, open boolean NOT NULL);
CREATE FUNCTION level_name(level integer) RETURNS text IMMUTABLE LANGUAGE sql
    AS $$ SELECT name FROM levels WHERE number = level $$;
CREATE TABLE courses (id bigint PRIMARY KEY, level integer NOT NULL);
CREATE INDEX courses_level_name_idx ON courses (level_name(level));
CREATE FUNCTION is_open(course bigint) RETURNS boolean LANGUAGE plpgsql
    AS $$ BEGIN RETURN (SELECT open FROM courses JOIN levels ON number = level WHERE id = course); END $$;
CREATE TABLE places (course bigint NOT NULL CHECK (is_open(course)));
