CREATE EXTENSION ltree;
CREATE TABLE groups (id bigint PRIMARY KEY, parent_id bigint REFERENCES groups, slug text NOT NULL, path ltree NOT NULL UNIQUE);
CREATE FUNCTION place_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.path = coalesce((SELECT path FROM groups WHERE id = NEW.parent_id) || NEW.slug, NEW.slug::ltree);
    RETURN NEW;
END
$$;
CREATE TRIGGER groups_place BEFORE INSERT OR UPDATE ON groups FOR EACH ROW EXECUTE FUNCTION place_group();
CREATE TABLE products (id bigint PRIMARY KEY, category ltree NOT NULL);
