CREATE TABLE group_members (
    group_id   uuid        NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id    uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, user_id),
    CONSTRAINT group_members_role_check CHECK (role IN ('system_admin', 'group_admin', 'teacher', 'student'))
);

CREATE INDEX group_members_user_id_idx ON group_members (user_id);

-- Once a statement, not once a row: a roster brings tens of thousands of members. Point reads in a loop, not a join: the
-- plan of a join with new_rows would be cached for rows as few or as many as the first statement brought.
CREATE FUNCTION require_live_groups() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    added uuid;
    place record;
BEGIN
    FOR added IN SELECT DISTINCT group_id FROM new_rows WHERE group_id IS NOT NULL ORDER BY group_id LOOP
        -- FOR SHARE waits for an archiving that is under way, and makes a later one wait for us.
        SELECT path, deleted_at INTO place FROM groups WHERE id = added FOR SHARE;
        IF place.deleted_at IS NOT NULL THEN
            RAISE EXCEPTION 'group % is deleted: it takes no members, classes, tools or files', place.path
                USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
                    CONSTRAINT = TG_TABLE_NAME || '_group_deleted_check';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION require_live_groups() IS 'Refuses new rows in a deleted group, and orders them against its archiving.';

CREATE TRIGGER group_members_check_insert
    AFTER INSERT ON group_members REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION require_live_groups();
CREATE TRIGGER group_members_check_update
    AFTER UPDATE ON group_members REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION require_live_groups();
CREATE TRIGGER group_members_touch
    BEFORE UPDATE ON group_members
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE group_members IS 'Who belongs to a group, with one role each.';
COMMENT ON COLUMN group_members.role IS 'system_admin | group_admin | teacher | student; group_admin reaches the groups below, system_admin everything.';
COMMENT ON COLUMN group_members.updated_at IS 'Moved by trigger on every real change.';
