-- expect: column public.groups.path
CREATE EXTENSION ltree;
CREATE TABLE groups (id bigint PRIMARY KEY, name text NOT NULL, path ltree NOT NULL);
CREATE INDEX groups_path_idx ON groups USING gist (path);
