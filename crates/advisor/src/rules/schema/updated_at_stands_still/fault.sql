-- expect: column public.groups.updated_at
-- expect: schema other
CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at = now();
    RETURN NEW;
END
$$;
CREATE TABLE users (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now());
CREATE TRIGGER users_set_updated_at BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TABLE groups (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now());
-- Where no table has such a trigger it is one line.
CREATE SCHEMA other;
CREATE TABLE other.notes (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE other.pages (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now());
