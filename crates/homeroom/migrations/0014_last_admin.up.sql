-- A live district that has an administrator (a member of it with role group_admin or system_admin, who is live and active)
-- is never left without one: not by a removal, a demotion, a suspension or a soft delete. Deleting the district, or a person
-- for good, is always possible.
--
-- Whoever takes an administrator away writes the district's row first, and looks then: the second of two waits for the first.
-- Whoever gives the role writes the person's row, so that it is not given to someone who is being suspended. In each
-- statement people come before groups, and both are in the order of their ids.

-- check-ignore: require-concurrent-index-creation it reads the members once, and the triggers below stop writers anyway
CREATE INDEX group_members_group_id_idx ON group_members (group_id) WHERE role IN ('system_admin', 'group_admin');

CREATE FUNCTION lock_district(district uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    -- Written, not only locked: an older snapshot (REPEATABLE READ) then fails with a serialization error instead of
    -- counting administrators who have gone.
    UPDATE groups SET name = name WHERE id = district AND type = 'district' AND deleted_at IS NULL;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION lock_district(uuid) IS
    'Locks a live district until the transaction ends; false: there is no such live district.';

CREATE FUNCTION require_district_admin(district uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM group_members member JOIN users ON users.id = member.user_id
        WHERE member.group_id = district AND member.role IN ('system_admin', 'group_admin')
          AND users.status = 'active' AND users.deleted_at IS NULL
    ) THEN
        RAISE EXCEPTION 'district % would be left without an administrator',
            (SELECT path FROM groups WHERE id = district)
            USING ERRCODE = 'check_violation', TABLE = 'group_members', CONSTRAINT = 'group_members_last_admin_check',
                HINT = 'Make another active person its group_admin first.';
    END IF;
END
$$;
COMMENT ON FUNCTION require_district_admin(uuid) IS 'Fails for a district without a live and active administrator.';

-- Point reads in a loop, for the reason that stands at require_live_groups().
CREATE FUNCTION keep_district_admins() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    was record;
BEGIN
    FOR was IN
        SELECT group_id, user_id FROM old_rows WHERE role IN ('system_admin', 'group_admin') ORDER BY group_id, user_id
    LOOP
        CONTINUE WHEN EXISTS (
            SELECT FROM group_members
            WHERE group_id = was.group_id AND user_id = was.user_id AND role IN ('system_admin', 'group_admin'));
        CONTINUE WHEN NOT lock_district(was.group_id);
        -- Whoever is suspended or deleted was no administrator. Asked behind the lock: they may be coming back just now.
        IF EXISTS (SELECT FROM users WHERE id = was.user_id AND status = 'active' AND deleted_at IS NULL) THEN
            PERFORM require_district_admin(was.group_id);
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION keep_district_admins() IS 'Refuses to remove or demote the last administrator of a live district.';

CREATE FUNCTION keep_districts_of_admin() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    administered uuid;
BEGIN
    FOR administered IN
        SELECT group_id FROM group_members
        WHERE user_id = NEW.id AND role IN ('system_admin', 'group_admin')
        ORDER BY group_id
    LOOP
        IF lock_district(administered) THEN
            PERFORM require_district_admin(administered);
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION keep_districts_of_admin() IS 'Refuses to suspend or soft-delete the last administrator of a live district.';

CREATE FUNCTION lock_admins() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    added uuid;
BEGIN
    FOR added IN
        SELECT DISTINCT user_id FROM new_rows
        WHERE role IN ('system_admin', 'group_admin') AND user_id IS NOT NULL
        ORDER BY user_id
    LOOP
        -- Written, for the reason that stands at lock_district().
        UPDATE users SET status = status WHERE id = added;
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION lock_admins() IS 'Orders the making of an administrator against a suspension or a soft delete of the person.';

-- Triggers of one kind fire in the order of their names. These come before group_members_check_update, which locks the group
-- FOR SHARE: two that hold that lock could not both go on to the stronger one.
CREATE TRIGGER group_members_admit_on_insert
    AFTER INSERT ON group_members REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION lock_admins();
CREATE TRIGGER group_members_admit_on_update
    AFTER UPDATE ON group_members REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION lock_admins();
CREATE TRIGGER group_members_assure_on_update
    AFTER UPDATE ON group_members REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_district_admins();
CREATE TRIGGER group_members_assure_on_delete
    AFTER DELETE ON group_members REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_district_admins();
-- Row by row, as only then can a condition keep it away from all other updates of people.
CREATE TRIGGER users_keep_districts
    AFTER UPDATE OF status, deleted_at ON users
    FOR EACH ROW WHEN (
        OLD.status = 'active' AND OLD.deleted_at IS NULL AND NOT (NEW.status = 'active' AND NEW.deleted_at IS NULL))
    EXECUTE FUNCTION keep_districts_of_admin();
