CREATE TABLE groups (
    id         uuid        NOT NULL DEFAULT uuid_v7() PRIMARY KEY,
    parent_id  uuid        REFERENCES groups (id) ON DELETE CASCADE,
    name       text        NOT NULL,
    slug       text        NOT NULL,
    type       text        NOT NULL,
    path       ltree       NOT NULL,
    settings   jsonb       NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT groups_name_check CHECK (char_length(name) BETWEEN 1 AND 100 AND name ~ '[^[:space:]]'),
    CONSTRAINT groups_slug_check CHECK (char_length(slug) <= 100 AND slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT groups_type_check CHECK (type IN ('district', 'school', 'department')),
    CONSTRAINT groups_settings_check CHECK (jsonb_typeof(settings) = 'object')
);

-- A path is the parent's path and the own slug, so this is also the uniqueness of a slug among live siblings.
CREATE UNIQUE INDEX groups_path_key ON groups (path) WHERE deleted_at IS NULL;
CREATE INDEX groups_path_idx ON groups USING gist (path);
CREATE INDEX groups_parent_id_idx ON groups (parent_id);

CREATE FUNCTION group_type_fits(type text, parent_type text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE type
        WHEN 'district' THEN parent_type IS NULL OR parent_type = 'district'
        WHEN 'school' THEN parent_type IS NOT DISTINCT FROM 'district'
        ELSE parent_type IS NOT NULL AND parent_type IN ('school', 'department')
    END
$$;
COMMENT ON FUNCTION group_type_fits(text, text) IS
    'Whether a group of the first type may stand under one of the second (null: at the root).';

-- Inserts share this lock, changes of the tree's shape hold it alone: a move can then not miss a group that is being
-- inserted below it. It is taken before any row is locked, so that the two orders of locking can't deadlock.
CREATE FUNCTION lock_group_tree() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key CONSTANT bigint := hashtextextended('homeroom.groups', 0);
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM pg_advisory_xact_lock_shared(key);
    ELSIF pg_trigger_depth() = 1 THEN
        -- With an older snapshot the cascade would not see groups that others have inserted since.
        IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
            RAISE EXCEPTION 'groups can be moved, renamed, archived or restored only at READ COMMITTED'
                USING ERRCODE = 'active_sql_transaction', TABLE = 'groups', CONSTRAINT = 'groups_isolation_check';
        END IF;
        PERFORM pg_advisory_xact_lock(key);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION place_group() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    parent groups%ROWTYPE;
    placed ltree;
BEGIN
    IF NEW.parent_id IS NOT NULL THEN
        -- FOR SHARE: an older snapshot fails here with a serialization error instead of placing the group wrongly.
        SELECT * INTO parent FROM groups WHERE id = NEW.parent_id FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'group % has no parent %', NEW.id, NEW.parent_id
                USING ERRCODE = 'foreign_key_violation', TABLE = 'groups', CONSTRAINT = 'groups_parent_id_fkey';
        END IF;
        IF NEW.deleted_at IS NULL AND parent.deleted_at IS NOT NULL THEN
            RAISE EXCEPTION 'group % is deleted: nothing live can stand below it', parent.path
                USING ERRCODE = 'check_violation', TABLE = 'groups', CONSTRAINT = 'groups_parent_deleted_check';
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.parent_id IS DISTINCT FROM OLD.parent_id
            AND (parent.id = NEW.id OR parent.deleted_at IS NULL AND parent.path <@ OLD.path) THEN
            RAISE EXCEPTION 'group % can''t be moved below itself (to %)', OLD.path, parent.path
                USING ERRCODE = 'check_violation', TABLE = 'groups', CONSTRAINT = 'groups_cycle_check';
        END IF;
    END IF;

    IF NOT group_type_fits(NEW.type, parent.type) THEN
        RAISE EXCEPTION 'a % can''t stand %', NEW.type, coalesce('under a ' || parent.type, 'at the root')
            USING ERRCODE = 'check_violation', TABLE = 'groups', CONSTRAINT = 'groups_parent_type_check';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NOT NULL
            AND (NEW.parent_id, NEW.type) IS DISTINCT FROM (OLD.parent_id, OLD.type) THEN
            RAISE EXCEPTION 'group % is deleted: restore it before it is moved', OLD.path
                USING ERRCODE = 'check_violation', TABLE = 'groups', CONSTRAINT = 'groups_deleted_check';
        END IF;
        IF NEW.type <> OLD.type AND EXISTS (
            SELECT FROM groups child WHERE child.parent_id = NEW.id AND NOT group_type_fits(child.type, NEW.type)
        ) THEN
            RAISE EXCEPTION 'group % has children that can''t stand under a %', OLD.path, NEW.type
                USING ERRCODE = 'check_violation', TABLE = 'groups', CONSTRAINT = 'groups_parent_type_check';
        END IF;
    END IF;

    -- Before the path is computed of it: a CHECK comes too late.
    IF NEW.slug IS NULL OR NEW.slug !~ '^[a-z0-9]+(-[a-z0-9]+)*$' THEN
        RAISE EXCEPTION 'the slug % is not lower-case letters and digits with single hyphens between them', quote_nullable(NEW.slug)
            USING ERRCODE = 'check_violation', TABLE = 'groups', CONSTRAINT = 'groups_slug_check';
    END IF;
    placed := coalesce(parent.path, '') || text2ltree(replace(NEW.slug, '-', '_'));
    IF NEW.path IS NOT NULL AND NEW.path <> placed AND (TG_OP = 'INSERT' OR NEW.path <> OLD.path) THEN
        RAISE EXCEPTION 'the path of a group is kept by the database: % is not %', NEW.path, placed
            USING ERRCODE = 'check_violation', TABLE = 'groups', CONSTRAINT = 'groups_path_check';
    END IF;
    NEW.path := placed;
    RETURN NEW;
END
$$;

CREATE FUNCTION cascade_group() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    -- By parent_id, not by path: a deleted group's path can be in use again. The children's own triggers go on from here.
    IF NEW.path <> OLD.path THEN
        UPDATE groups SET path = NEW.path || subpath(path, -1) WHERE parent_id = NEW.id;
    END IF;
    IF NEW.deleted_at IS DISTINCT FROM OLD.deleted_at THEN
        -- What was archived together is restored together: it carries the same time.
        UPDATE groups SET deleted_at = NEW.deleted_at
        WHERE parent_id = NEW.id AND deleted_at IS NOT DISTINCT FROM OLD.deleted_at;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER groups_lock_on_insert
    BEFORE INSERT ON groups
    FOR EACH STATEMENT EXECUTE FUNCTION lock_group_tree();
CREATE TRIGGER groups_lock_on_update
    BEFORE UPDATE OF parent_id, slug, type, path, deleted_at ON groups
    FOR EACH STATEMENT EXECUTE FUNCTION lock_group_tree();
CREATE TRIGGER groups_place
    BEFORE INSERT OR UPDATE OF parent_id, slug, type, path, deleted_at ON groups
    FOR EACH ROW EXECUTE FUNCTION place_group();
CREATE TRIGGER groups_touch
    BEFORE UPDATE ON groups
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER groups_cascade
    AFTER UPDATE OF parent_id, slug, path, deleted_at ON groups
    FOR EACH ROW WHEN (OLD.path <> NEW.path OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
    EXECUTE FUNCTION cascade_group();

COMMENT ON FUNCTION lock_group_tree() IS 'Orders changes of the tree''s shape against inserts, by an advisory transaction lock.';
COMMENT ON FUNCTION place_group() IS 'Computes a group''s path from its parent and slug; refuses wrong types, cycles and hand-written paths.';
COMMENT ON FUNCTION cascade_group() IS 'Carries a new path, an archiving or a restoring to the children.';
COMMENT ON TABLE groups IS 'The tree of districts, schools and departments.';
COMMENT ON COLUMN groups.parent_id IS 'Null at the root. A district stands at the root or under a district, a school under a district, a department under a school or a department.';
COMMENT ON COLUMN groups.slug IS 'Lower-case and URL-safe; unique among live siblings.';
COMMENT ON COLUMN groups.type IS 'district | school | department.';
COMMENT ON COLUMN groups.path IS 'The slugs from the root down, with _ for -; kept by the database, unique among live groups.';
COMMENT ON COLUMN groups.settings IS 'What this group sets; children inherit it unless they set it themselves.';
COMMENT ON COLUMN groups.updated_at IS 'Moved by trigger on every real change.';
COMMENT ON COLUMN groups.deleted_at IS 'Soft delete: when the group was archived, with all that was live below it; null while live.';
