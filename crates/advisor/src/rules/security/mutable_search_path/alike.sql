CREATE TABLE levels (number integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE courses (id bigint PRIMARY KEY, level integer NOT NULL, title text NOT NULL);
-- With the schema, with a path, and without a table.
CREATE FUNCTION level_name(level integer) RETURNS text IMMUTABLE LANGUAGE sql
    AS $$ SELECT name FROM public.levels WHERE number = level $$;
CREATE FUNCTION long_name(level integer) RETURNS text IMMUTABLE LANGUAGE sql SET search_path = public
    AS $$ SELECT name FROM levels WHERE number = level $$;
CREATE FUNCTION key(title text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT lower(trim(title)) $$;
CREATE INDEX courses_level_name_idx ON courses (level_name(level), long_name(level), key(title));
-- Called by those alone who know what they call.
CREATE FUNCTION courses_at(level integer) RETURNS bigint LANGUAGE sql
    AS $$ SELECT count(*) FROM courses WHERE courses.level = $1 $$;
