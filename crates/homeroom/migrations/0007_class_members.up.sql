CREATE TABLE class_members (
    class_id   uuid        NOT NULL REFERENCES classes (id) ON DELETE CASCADE,
    user_id    uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (class_id, user_id),
    CONSTRAINT class_members_role_check CHECK (role IN ('teacher', 'student'))
);

CREATE INDEX class_members_user_id_idx ON class_members (user_id);

CREATE FUNCTION is_teacher_of_tree(teacher_id uuid, at_group_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM groups place
        JOIN group_members member ON member.user_id = teacher_id
        JOIN groups home ON home.id = member.group_id
        WHERE place.id = at_group_id
          AND (home.path @> place.path OR home.path <@ (
              SELECT district.path FROM groups district
              WHERE district.path @> place.path AND district.type = 'district'
              ORDER BY nlevel(district.path) DESC LIMIT 1))
    )
$$;
COMMENT ON FUNCTION is_teacher_of_tree(uuid, uuid) IS
    'Whether a person belongs to a group of the nearest district around a group, or to one above it.';

-- Point reads in a loop, for the reason that stands at require_live_groups().
CREATE FUNCTION check_class_members() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    added record;
    class record;
BEGIN
    FOR added IN SELECT DISTINCT class_id FROM new_rows ORDER BY class_id LOOP
        SELECT classes.deleted_at AS class_deleted_at, groups.deleted_at AS group_deleted_at INTO class
        FROM classes JOIN groups ON groups.id = classes.group_id
        WHERE classes.id = added.class_id FOR SHARE;
        IF class.class_deleted_at IS NOT NULL OR class.group_deleted_at IS NOT NULL THEN
            RAISE EXCEPTION 'class % is deleted: nobody can be added to it', added.class_id
                USING ERRCODE = 'check_violation', TABLE = 'class_members',
                    CONSTRAINT = 'class_members_class_deleted_check';
        END IF;
    END LOOP;

    FOR added IN SELECT class_id, user_id FROM new_rows WHERE role = 'teacher' LOOP
        IF NOT is_teacher_of_tree(added.user_id, (SELECT group_id FROM classes WHERE id = added.class_id)) THEN
            RAISE EXCEPTION 'user % belongs to no group of the district: can''t teach class %', added.user_id, added.class_id
                USING ERRCODE = 'check_violation', TABLE = 'class_members',
                    CONSTRAINT = 'class_members_teacher_tree_check';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION check_class_members() IS 'Refuses members of a deleted class, and teachers from outside its district.';

CREATE FUNCTION check_class_group() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    deleted ltree;
    wrong uuid;
BEGIN
    SELECT path INTO deleted FROM groups WHERE id = NEW.group_id AND deleted_at IS NOT NULL FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'group % is deleted: it takes no classes', deleted
            USING ERRCODE = 'check_violation', TABLE = 'classes', CONSTRAINT = 'classes_group_deleted_check';
    END IF;
    SELECT user_id INTO wrong FROM class_members
    WHERE class_id = NEW.id AND role = 'teacher' AND NOT is_teacher_of_tree(user_id, NEW.group_id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'user % teaches class % and belongs to no group of the new district', wrong, NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'class_members', CONSTRAINT = 'class_members_teacher_tree_check';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION check_class_group() IS 'Refuses to move a class into a deleted group, or away from its teachers.';

CREATE TRIGGER class_members_check_insert
    AFTER INSERT ON class_members REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_class_members();
CREATE TRIGGER class_members_check_update
    AFTER UPDATE ON class_members REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_class_members();
CREATE TRIGGER classes_check_group
    AFTER UPDATE OF group_id ON classes
    FOR EACH ROW WHEN (OLD.group_id <> NEW.group_id)
    EXECUTE FUNCTION check_class_group();

COMMENT ON TABLE class_members IS 'Who teaches and who attends a class; a class can have several teachers.';
COMMENT ON COLUMN class_members.role IS 'teacher | student; a teacher belongs to the district of the class.';
