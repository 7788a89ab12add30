-- A function, as one statement of SQL has one snapshot: it would not see the session of a sign-in that it has waited for.
CREATE FUNCTION set_user_password(person uuid, hash text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    signed_out bigint;
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        RAISE EXCEPTION 'a password can be set only at READ COMMITTED'
            USING ERRCODE = 'check_violation', TABLE = 'users', CONSTRAINT = 'users_isolation_check';
    END IF;
    -- Waits for sign-ins with the old password that are under way, which lock the row FOR SHARE. Those that come later find
    -- that it is the old one.
    UPDATE users SET password_hash = hash WHERE id = person AND deleted_at IS NULL;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    DELETE FROM sessions WHERE user_id = person;
    GET DIAGNOSTICS signed_out = ROW_COUNT;
    RETURN signed_out;
END
$$;
COMMENT ON FUNCTION set_user_password(uuid, text) IS
    'Gives a live person another password hash and ends all their sessions; how many, or null without the person.';
