-- expect: column public.groups.settings
-- expect: schema other
CREATE TABLE users (id bigint PRIMARY KEY, settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'));
CREATE TABLE groups (id bigint PRIMARY KEY, settings jsonb NOT NULL DEFAULT '{}');
-- Where none is checked it is one line.
CREATE SCHEMA other;
CREATE TABLE other.notes (id bigint PRIMARY KEY, meta jsonb NOT NULL DEFAULT '{}');
CREATE TABLE other.pages (id bigint PRIMARY KEY, meta jsonb NOT NULL DEFAULT '{}');
