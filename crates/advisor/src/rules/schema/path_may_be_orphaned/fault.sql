-- expect: column public.groups.path
CREATE EXTENSION ltree;
CREATE TABLE groups (id bigint PRIMARY KEY, slug text NOT NULL, path ltree NOT NULL UNIQUE);
