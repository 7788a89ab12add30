-- The schema after 0030_valid_domains.
-- Dumped from PostgreSQL 15 by pg_dump 15.

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: ltree; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS ltree WITH SCHEMA public;


--
-- Name: EXTENSION ltree; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION ltree IS 'paths of the tree of groups (created by Homeroom)';


--
-- Name: chat_last_seq; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.chat_last_seq AS integer
	CONSTRAINT chat_sessions_last_seq_check CHECK ((VALUE >= 0));


--
-- Name: DOMAIN chat_last_seq; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON DOMAIN public.chat_last_seq IS 'How many messages a chat has.';


--
-- Name: chat_state; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.chat_state AS text
	CONSTRAINT chat_sessions_state_check CHECK ((VALUE = ANY (ARRAY['active'::text, 'completed'::text])));


--
-- Name: DOMAIN chat_state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON DOMAIN public.chat_state IS 'active | completed.';


--
-- Name: chat_title; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.chat_title AS text
	CONSTRAINT chat_sessions_title_check CHECK (((char_length(VALUE) >= 1) AND (char_length(VALUE) <= 200)));


--
-- Name: DOMAIN chat_title; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON DOMAIN public.chat_title IS '1 to 200 characters.';


--
-- Name: message_meta; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.message_meta AS jsonb
	CONSTRAINT messages_meta_check CHECK ((jsonb_typeof(VALUE) = 'object'::text));


--
-- Name: DOMAIN message_meta; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON DOMAIN public.message_meta IS 'An object of JSON.';


--
-- Name: message_role; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.message_role AS text
	CONSTRAINT messages_role_check CHECK ((VALUE = ANY (ARRAY['user'::text, 'assistant'::text, 'system'::text])));


--
-- Name: DOMAIN message_role; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON DOMAIN public.message_role IS 'user | assistant | system.';


--
-- Name: message_seq; Type: DOMAIN; Schema: public; Owner: -
--

CREATE DOMAIN public.message_seq AS integer
	CONSTRAINT messages_seq_check CHECK ((VALUE >= 1));


--
-- Name: DOMAIN message_seq; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON DOMAIN public.message_seq IS 'The place of a message in its chat.';


--
-- Name: are_setting_locks(jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.are_setting_locks(locks jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    -- Strict: the lax mode would open arrays and look at what is in them instead.
    SELECT locks IS NULL OR jsonb_typeof(locks) = 'object'
        AND NOT jsonb_path_exists(locks, 'strict $.** ? (@.type() != "object" && @.type() != "boolean")')
$_$;


--
-- Name: FUNCTION are_setting_locks(locks jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.are_setting_locks(locks jsonb) IS 'Whether this is an object of objects with booleans at the end.';


--
-- Name: are_storage_settings(jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.are_storage_settings(storage jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT storage IS NULL OR jsonb_typeof(storage) = 'object'
        AND coalesce(jsonb_typeof(storage -> 'roles') = 'object', true)
        AND NOT EXISTS (
            SELECT FROM unnest(ARRAY[storage] || ARRAY(
                SELECT storage #> ARRAY['roles', role]
                FROM unnest(ARRAY['system_admin', 'group_admin', 'teacher', 'student']) AS role
                WHERE storage #> ARRAY['roles', role] IS NOT NULL
            )) AS limits
            CROSS JOIN unnest(ARRAY['max_file_size_bytes', 'storage_quota_bytes']) AS field
            WHERE jsonb_typeof(limits) <> 'object'
               OR CASE jsonb_typeof(limits -> field)
                   WHEN 'number' THEN scale((limits -> field)::numeric) <> 0
                       OR (limits -> field)::numeric NOT BETWEEN 0 AND 9223372036854775807
                   ELSE limits ? field
               END)
$$;


--
-- Name: FUNCTION are_storage_settings(storage jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.are_storage_settings(storage jsonb) IS 'Whether max_file_size_bytes and storage_quota_bytes are whole numbers of bytes, for all and for each of the roles.';


--
-- Name: cascade_group(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.cascade_group() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
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


--
-- Name: FUNCTION cascade_group(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.cascade_group() IS 'Carries a new path, an archiving or a restoring to the children.';


--
-- Name: check_chat_fork(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.check_chat_fork() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    parent chat_sessions%ROWTYPE;
BEGIN
    -- A parent has to stand before its fork does, and never changes: so there is no way into a cycle.
    SELECT * INTO parent FROM chat_sessions WHERE id = NEW.parent_session_id FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'chat % has no parent %', NEW.id, NEW.parent_session_id
            USING ERRCODE = 'foreign_key_violation', TABLE = 'chat_sessions',
                CONSTRAINT = 'chat_sessions_parent_session_id_fkey';
    END IF;
    IF parent.deleted_at IS NOT NULL THEN
        RAISE EXCEPTION 'chat % is deleted: it can''t be forked', parent.id
            USING ERRCODE = 'check_violation', TABLE = 'chat_sessions',
                CONSTRAINT = 'chat_sessions_parent_deleted_check';
    END IF;
    IF parent.tool_id <> NEW.tool_id THEN
        RAISE EXCEPTION 'a fork keeps its parent''s tool %, not %', parent.tool_id, NEW.tool_id
            USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_fork_tool_check';
    END IF;
    IF NEW.fork_from_seq > parent.last_seq THEN
        RAISE EXCEPTION 'chat % has % messages: it can''t be forked at %', parent.id, parent.last_seq, NEW.fork_from_seq
            USING ERRCODE = 'check_violation', TABLE = 'chat_sessions',
                CONSTRAINT = 'chat_sessions_fork_from_seq_check';
    END IF;
    RETURN NEW;
END
$$;


--
-- Name: FUNCTION check_chat_fork(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.check_chat_fork() IS 'A fork leaves a live chat at a message that it has, and keeps its tool.';


--
-- Name: check_class_group(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.check_class_group() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
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


--
-- Name: FUNCTION check_class_group(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.check_class_group() IS 'Refuses to move a class into a deleted group, or away from its teachers.';


--
-- Name: check_class_members(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.check_class_members() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
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


--
-- Name: FUNCTION check_class_members(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.check_class_members() IS 'Refuses members of a deleted class, and teachers from outside its district.';


--
-- Name: check_message_order(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.check_message_order() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    added record;
    chat record;
    fits boolean;
BEGIN
    -- One message alone, which is what most statements append: one look at its chat and at the message before it.
    SELECT one.messages OPERATOR(pg_catalog.=) 1 AND one.seq OPERATOR(pg_catalog.=) chat_sessions.last_seq
        AND chat_sessions.state OPERATOR(pg_catalog.=) 'active' AND chat_sessions.deleted_at IS NULL
        AND (one.seq OPERATOR(pg_catalog.=) 1 OR EXISTS (
            SELECT FROM public.messages
            WHERE messages.session_id OPERATOR(pg_catalog.=) one.session_id
              AND messages.seq OPERATOR(pg_catalog.=) (one.seq OPERATOR(pg_catalog.-) 1)))
    INTO fits
    FROM (SELECT session_id, seq, (SELECT pg_catalog.count(*) FROM new_rows) AS messages FROM new_rows LIMIT 1) AS one
    JOIN public.chat_sessions ON chat_sessions.id OPERATOR(pg_catalog.=) one.session_id;
    IF fits THEN
        RETURN NULL;
    END IF;

    -- Several messages, and whatever has to be refused.
    FOR added IN
        SELECT session_id, pg_catalog.min(seq) AS first, pg_catalog.max(seq) AS last, pg_catalog.count(*) AS messages
        FROM new_rows GROUP BY session_id
    LOOP
        SELECT last_seq, state, deleted_at INTO chat
        FROM public.chat_sessions WHERE id OPERATOR(pg_catalog.=) added.session_id;
        IF chat.deleted_at IS NOT NULL THEN
            RAISE EXCEPTION 'chat % is deleted: nothing can be written to it', added.session_id
                USING ERRCODE = 'check_violation', TABLE = 'chat_sessions',
                    CONSTRAINT = 'chat_sessions_deleted_check';
        END IF;
        IF chat.state OPERATOR(pg_catalog.<>) 'active' THEN
            RAISE EXCEPTION 'chat % is completed: nothing can be written to it', added.session_id
                USING ERRCODE = 'check_violation', TABLE = 'chat_sessions',
                    CONSTRAINT = 'chat_sessions_writable_check';
        END IF;
        IF added.last OPERATOR(pg_catalog.<>) chat.last_seq
            OR added.messages OPERATOR(pg_catalog.<>) (added.last OPERATOR(pg_catalog.-) added.first OPERATOR(pg_catalog.+) 1)
            OR (added.first OPERATOR(pg_catalog.>) 1 AND NOT EXISTS (
                SELECT FROM public.messages
                WHERE session_id OPERATOR(pg_catalog.=) added.session_id
                  AND seq OPERATOR(pg_catalog.=) (added.first OPERATOR(pg_catalog.-) 1)))
        THEN
            RAISE EXCEPTION 'messages % to % of chat % don''t follow the others without a gap up to its last_seq %',
                added.first, added.last, added.session_id, chat.last_seq
                USING ERRCODE = 'check_violation', TABLE = 'messages', CONSTRAINT = 'messages_order_check';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;


--
-- Name: FUNCTION check_message_order(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.check_message_order() IS 'Messages of a chat are 1, 2, 3 … last_seq without a gap, and only active chats take any.';


--
-- Name: check_tool_group(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.check_tool_group() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    deleted ltree;
BEGIN
    IF NEW.group_id IS NULL THEN
        -- Its group was deleted for good: without this the tool would turn visible to everyone.
        IF pg_trigger_depth() > 1 THEN
            NEW.deleted_at := coalesce(NEW.deleted_at, now());
        END IF;
        RETURN NEW;
    END IF;
    SELECT path INTO deleted FROM groups WHERE id = NEW.group_id AND deleted_at IS NOT NULL FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'group % is deleted: it takes no tools', deleted
            USING ERRCODE = 'check_violation', TABLE = 'tools', CONSTRAINT = 'tools_group_deleted_check';
    END IF;
    RETURN NEW;
END
$$;


--
-- Name: FUNCTION check_tool_group(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.check_tool_group() IS 'Refuses tools in a deleted group; soft-deletes the tools of one that is deleted for good.';


--
-- Name: count_storage(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.count_storage() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    used bigint;
    largest bigint;
    quota bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        -- There is no row any more where the person is just being deleted.
        UPDATE user_storage_limits SET used_bytes = greatest(used_bytes - OLD.size_bytes, 0)
        WHERE user_id = OLD.uploaded_by AND OLD.size_bytes > 0;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.size_bytes = 0 THEN
        RETURN NULL;
    END IF;

    INSERT INTO user_storage_limits (user_id, used_bytes) VALUES (NEW.uploaded_by, NEW.size_bytes)
    ON CONFLICT (user_id) DO UPDATE SET used_bytes = user_storage_limits.used_bytes + EXCLUDED.used_bytes
    RETURNING used_bytes INTO used;

    SELECT max(bytes) FILTER (WHERE field = 'max_file_size_bytes'), max(bytes) FILTER (WHERE field = 'storage_quota_bytes')
    INTO largest, quota
    FROM effective_storage_limits(NEW.uploaded_by);
    IF NEW.size_bytes > largest THEN
        RAISE EXCEPTION 'a file of % bytes is too large: user % may store files of at most %',
            NEW.size_bytes, NEW.uploaded_by, largest
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
                CONSTRAINT = TG_TABLE_NAME || '_max_file_size_check';
    END IF;
    IF used > quota THEN
        RAISE EXCEPTION 'user % stores % of % bytes: % more are too many',
            NEW.uploaded_by, used - NEW.size_bytes, quota, NEW.size_bytes
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
                CONSTRAINT = TG_TABLE_NAME || '_quota_check';
    END IF;
    RETURN NULL;
END
$$;


--
-- Name: FUNCTION count_storage(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.count_storage() IS 'Keeps used_bytes in step with files and reservations; refuses files that are too large, or more than the quota.';


--
-- Name: effective_storage_limits(uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.effective_storage_limits(of_user_id uuid) RETURNS TABLE(field text, bytes bigint, source text, group_id uuid, role text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    WITH fields (field) AS (
        VALUES ('max_file_size_bytes'), ('storage_quota_bytes')
    ),
    memberships AS (
        SELECT member.group_id, member.role, home.path
        FROM group_members member
        JOIN groups home ON home.id = member.group_id AND home.deleted_at IS NULL
        WHERE member.user_id = of_user_id
    ),
    -- What each group at or above a membership says of each field: for the role, and for all.
    said AS (
        SELECT memberships.group_id AS member_of, memberships.role, fields.field, place.id AS group_id, place.path,
            said.for_role, (said.bytes #>> '{}')::bigint AS bytes
        FROM memberships
        JOIN groups place ON place.path @> memberships.path AND place.deleted_at IS NULL
        CROSS JOIN fields
        CROSS JOIN LATERAL (VALUES
            (true, place.settings #> ARRAY['storage', 'roles', memberships.role, fields.field]),
            (false, place.settings #> ARRAY['storage', fields.field])
        ) AS said (for_role, bytes)
        WHERE said.bytes IS NOT NULL
    ),
    -- Of each membership the nearest group that no other above it has locked out; there what is said for the role.
    nearest AS (
        SELECT DISTINCT ON (member_of, field) *
        FROM said
        WHERE NOT EXISTS (
            SELECT FROM groups above
            WHERE above.path @> said.path AND above.path <> said.path AND above.deleted_at IS NULL
              AND 'true' IN (
                  above.settings #> '{locked,storage}',
                  above.settings #> CASE WHEN said.for_role
                      THEN ARRAY['locked', 'storage', 'roles']
                      ELSE ARRAY['locked', 'storage', said.field] END,
                  above.settings #> CASE WHEN said.for_role
                      THEN ARRAY['locked', 'storage', 'roles', said.role] END,
                  above.settings #> CASE WHEN said.for_role
                      THEN ARRAY['locked', 'storage', 'roles', said.role, said.field] END))
        ORDER BY member_of, field, nlevel(path) DESC, for_role DESC
    ),
    candidates AS (
        SELECT fields.field, coalesce(nearest.bytes, system_default.bytes) AS bytes, nearest.group_id,
            CASE WHEN nearest.for_role THEN nearest.role END AS role
        FROM fields
        CROSS JOIN LATERAL (
            SELECT (system_default_settings() #>> ARRAY['storage', fields.field])::bigint AS bytes
        ) AS system_default
        LEFT JOIN memberships ON true
        LEFT JOIN nearest ON nearest.member_of = memberships.group_id AND nearest.field = fields.field
    ),
    -- Of several memberships the one that allows the most, of equals the same one each time.
    best AS (
        SELECT DISTINCT ON (field) * FROM candidates ORDER BY field, bytes DESC, group_id
    )
    SELECT best.field, coalesce(own.bytes, best.bytes),
        CASE WHEN own.bytes IS NOT NULL THEN 'user' WHEN best.group_id IS NOT NULL THEN 'group' ELSE 'system' END,
        CASE WHEN own.bytes IS NULL THEN best.group_id END,
        CASE WHEN own.bytes IS NULL THEN best.role END
    FROM best
    LEFT JOIN LATERAL (
        SELECT CASE best.field
            WHEN 'max_file_size_bytes' THEN limits.max_file_size_bytes
            ELSE limits.storage_quota_bytes
        END AS bytes
        FROM user_storage_limits limits WHERE limits.user_id = of_user_id
    ) AS own ON true
$$;


--
-- Name: FUNCTION effective_storage_limits(of_user_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.effective_storage_limits(of_user_id uuid) IS 'What a person may store, and who says so: their own limit, else that of the nearest group for their role or for all, else the system''s. Of several memberships the most generous counts.';


--
-- Name: erase_copied_messages(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.erase_copied_messages() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
DECLARE
    -- As a text that stands for itself in a regular expression.
    email CONSTANT text := regexp_replace(OLD.email, '([^[:alnum:]])', '\\\1', 'g');
BEGIN
    UPDATE messages
    SET content = CASE
            WHEN messages.role = 'user' THEN ''
            -- What a tool repeated.
            ELSE regexp_replace(replace(content, OLD.name, '…'), coalesce(email, '$^'), '…', 'gi')
        END,
        meta = CASE WHEN messages.role = 'user' THEN '{}' ELSE meta - 'extractions' END || '{"erased": true}',
        idempotency_key = NULL,
        origin_user_id = NULL
    WHERE origin_user_id = OLD.id;
    RETURN OLD;
END
$_$;


--
-- Name: FUNCTION erase_copied_messages(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.erase_copied_messages() IS 'Leaves tombstones of what a person who is deleted for good said in chats that others have forked.';


--
-- Name: group_type_fits(text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.group_type_fits(type text, parent_type text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE type
        WHEN 'district' THEN parent_type IS NULL OR parent_type = 'district'
        WHEN 'school' THEN parent_type IS NOT DISTINCT FROM 'district'
        ELSE parent_type IS NOT NULL AND parent_type IN ('school', 'department')
    END
$$;


--
-- Name: FUNCTION group_type_fits(type text, parent_type text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.group_type_fits(type text, parent_type text) IS 'Whether a group of the first type may stand under one of the second (null: at the root).';


--
-- Name: is_teacher_of_tree(uuid, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.is_teacher_of_tree(teacher_id uuid, at_group_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
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


--
-- Name: FUNCTION is_teacher_of_tree(teacher_id uuid, at_group_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.is_teacher_of_tree(teacher_id uuid, at_group_id uuid) IS 'Whether a person belongs to a group of the nearest district around a group, or to one above it.';


--
-- Name: keep_chat_origin(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_chat_origin() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION 'where chat % comes from (its tool, parent and fork point) can''t be changed', OLD.id
        USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_origin_check';
END
$$;


--
-- Name: FUNCTION keep_chat_origin(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.keep_chat_origin() IS 'The tool, parent and fork point of a chat never change; a deleted parent leaves null.';


--
-- Name: keep_district_admins(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_district_admins() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
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


--
-- Name: FUNCTION keep_district_admins(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.keep_district_admins() IS 'Refuses to remove or demote the last administrator of a live district.';


--
-- Name: keep_districts_of_admin(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_districts_of_admin() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
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


--
-- Name: FUNCTION keep_districts_of_admin(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.keep_districts_of_admin() IS 'Refuses to suspend or soft-delete the last administrator of a live district.';


--
-- Name: keep_message_order(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_message_order() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION 'messages can''t be %: that would leave a gap in their chat',
        CASE TG_OP WHEN 'DELETE' THEN 'deleted one by one' ELSE 'renumbered or moved' END
        USING ERRCODE = 'check_violation', TABLE = 'messages', CONSTRAINT = 'messages_order_check';
END
$$;


--
-- Name: FUNCTION keep_message_order(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.keep_message_order() IS 'Messages go with their chat, never alone, and keep their place.';


--
-- Name: lock_admins(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.lock_admins() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
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


--
-- Name: FUNCTION lock_admins(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.lock_admins() IS 'Orders the making of an administrator against a suspension or a soft delete of the person.';


--
-- Name: lock_district(uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.lock_district(district uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    -- Written, not only locked: an older snapshot (REPEATABLE READ) then fails with a serialization error instead of
    -- counting administrators who have gone.
    UPDATE groups SET name = name WHERE id = district AND type = 'district' AND deleted_at IS NULL;
    RETURN FOUND;
END
$$;


--
-- Name: FUNCTION lock_district(district uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.lock_district(district uuid) IS 'Locks a live district until the transaction ends; false: there is no such live district.';


--
-- Name: lock_group_tree(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.lock_group_tree() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
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


--
-- Name: FUNCTION lock_group_tree(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.lock_group_tree() IS 'Orders changes of the tree''s shape against inserts, by an advisory transaction lock.';


--
-- Name: place_group(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.place_group() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
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
$_$;


--
-- Name: FUNCTION place_group(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.place_group() IS 'Computes a group''s path from its parent and slug; refuses wrong types, cycles and hand-written paths.';


--
-- Name: queue_deleted_blobs(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.queue_deleted_blobs() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO deleted_blobs (storage_backend, storage_key) SELECT storage_backend, storage_key FROM old_rows;
    RETURN NULL;
END
$$;


--
-- Name: FUNCTION queue_deleted_blobs(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.queue_deleted_blobs() IS 'Keeps the storage keys of deleted files, so that no blob is orphaned.';


--
-- Name: reconcile_storage(uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.reconcile_storage(of_user_id uuid) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    counted bigint;
    stored bigint;
BEGIN
    INSERT INTO user_storage_limits (user_id) VALUES (of_user_id) ON CONFLICT DO NOTHING;
    -- Locked first: the sum then sees all that was counted, and nothing can be counted meanwhile.
    SELECT used_bytes INTO counted FROM user_storage_limits WHERE user_id = of_user_id FOR UPDATE;
    SELECT coalesce(sum(size_bytes), 0) INTO stored FROM (
        SELECT size_bytes FROM files WHERE uploaded_by = of_user_id
        UNION ALL
        SELECT size_bytes FROM storage_reservations WHERE uploaded_by = of_user_id
    ) AS kept;
    UPDATE user_storage_limits SET used_bytes = stored WHERE user_id = of_user_id AND used_bytes <> stored;
    RETURN stored - counted;
END
$$;


--
-- Name: FUNCTION reconcile_storage(of_user_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.reconcile_storage(of_user_id uuid) IS 'Counts anew what a person stores, and returns by how many bytes the count was too small.';


--
-- Name: refuse_chat_write(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refuse_chat_write() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.last_seq OPERATOR(pg_catalog.=) OLD.last_seq
        OR (NEW.last_seq OPERATOR(pg_catalog.>) OLD.last_seq
            AND OLD.state OPERATOR(pg_catalog.=) 'active' AND OLD.deleted_at IS NULL)
    THEN
        RETURN NEW;
    END IF;
    IF NEW.last_seq OPERATOR(pg_catalog.<) OLD.last_seq THEN
        RAISE EXCEPTION 'the messages of chat % are counted upwards: % is less than %', OLD.id, NEW.last_seq, OLD.last_seq
            USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_last_seq_check';
    END IF;
    IF OLD.deleted_at IS NOT NULL THEN
        RAISE EXCEPTION 'chat % is deleted: nothing can be written to it', OLD.id
            USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_deleted_check';
    END IF;
    RAISE EXCEPTION 'chat % is completed: nothing can be written to it', OLD.id
        USING ERRCODE = 'check_violation', TABLE = 'chat_sessions', CONSTRAINT = 'chat_sessions_writable_check';
END
$$;


--
-- Name: FUNCTION refuse_chat_write(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.refuse_chat_write() IS 'Completed and deleted chats take no messages.';


--
-- Name: require_district_admin(uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.require_district_admin(district uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
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


--
-- Name: FUNCTION require_district_admin(district uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.require_district_admin(district uuid) IS 'Fails for a district without a live and active administrator.';


--
-- Name: require_live_groups(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.require_live_groups() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
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


--
-- Name: FUNCTION require_live_groups(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.require_live_groups() IS 'Refuses new rows in a deleted group, and orders them against its archiving.';


--
-- Name: semver_precedence(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.semver_precedence(version text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    SELECT string_agg(lpad(length(number)::text, 2, '0') || number, '.' ORDER BY place)
        || coalesce('-' || (
            SELECT string_agg(
                CASE WHEN identifier ~ '^[0-9]+$'
                    THEN '0' || lpad(length(identifier)::text, 2, '0') || identifier
                    ELSE '1' || identifier
                END, ' ' ORDER BY place)
            FROM regexp_split_to_table(substring(split_part(version, '+', 1) FROM '-(.*)'), '\.')
                WITH ORDINALITY AS pre_release (identifier, place)
        ), '~')
    FROM regexp_split_to_table(substring(version FROM '^[0-9.]+'), '\.') WITH ORDINALITY AS core (number, place)
$_$;


--
-- Name: FUNCTION semver_precedence(version text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.semver_precedence(version text) IS 'A key whose bytewise order is the precedence of semantic versions; build metadata does not count.';


--
-- Name: set_updated_at(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    -- Not now(): two changes in one transaction are two changes.
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;


--
-- Name: FUNCTION set_updated_at(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.set_updated_at() IS 'Moves updated_at; every table that has the column calls it when a row really changes.';


--
-- Name: set_user_password(uuid, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.set_user_password(person uuid, hash text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
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


--
-- Name: FUNCTION set_user_password(person uuid, hash text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.set_user_password(person uuid, hash text) IS 'Gives a live person another password hash and ends all their sessions; how many, or null without the person.';


--
-- Name: system_default_settings(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.system_default_settings() RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT '{"storage": {"max_file_size_bytes": 10485760, "storage_quota_bytes": 1073741824}}'::jsonb
$$;


--
-- Name: FUNCTION system_default_settings(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.system_default_settings() IS 'What is in force where no group and no class says otherwise.';


--
-- Name: uuid_v7(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.uuid_v7() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT encode(
        set_bit(set_bit(
            overlay(
                uuid_send(gen_random_uuid())
                PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                FROM 1 FOR 6),
            52, 1), 53, 1),
        'hex')::uuid
$$;


--
-- Name: FUNCTION uuid_v7(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.uuid_v7() IS 'A time-ordered UUID, version 7: the default of every id for rows written by plain SQL.';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: chat_sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.chat_sessions (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    tool_id uuid NOT NULL,
    parent_session_id uuid,
    fork_from_seq integer,
    last_seq public.chat_last_seq DEFAULT 0 NOT NULL,
    state public.chat_state DEFAULT 'active'::text NOT NULL,
    title public.chat_title,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    last_activity_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT chat_sessions_ended_at_check CHECK ((((state)::text = 'completed'::text) = (ended_at IS NOT NULL))),
    CONSTRAINT chat_sessions_fork_from_seq_check CHECK (((fork_from_seq >= 1) AND ((parent_session_id IS NULL) OR (fork_from_seq IS NOT NULL)))),
    CONSTRAINT chat_sessions_times_check CHECK (((ended_at >= started_at) AND (last_activity_at >= started_at)))
)
WITH (fillfactor='85');


--
-- Name: TABLE chat_sessions; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.chat_sessions IS 'Chats of people with tools, kept in order; a chat can fork from another.';


--
-- Name: COLUMN chat_sessions.tool_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.chat_sessions.tool_id IS 'The version of the tool that was used; it stays as long as a chat needs it.';


--
-- Name: COLUMN chat_sessions.parent_session_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.chat_sessions.parent_session_id IS 'The chat that this one left; null: none, or it was deleted for good (then fork_from_seq stays).';


--
-- Name: COLUMN chat_sessions.fork_from_seq; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.chat_sessions.fork_from_seq IS 'The last message that was taken over from the parent.';


--
-- Name: COLUMN chat_sessions.last_seq; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.chat_sessions.last_seq IS 'How many messages the chat has, which is the seq of its last; raised in the statement that appends.';


--
-- Name: COLUMN chat_sessions.state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.chat_sessions.state IS 'active | completed.';


--
-- Name: COLUMN chat_sessions.ended_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.chat_sessions.ended_at IS 'Set exactly when completed.';


--
-- Name: COLUMN chat_sessions.last_activity_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.chat_sessions.last_activity_at IS 'Moved by every append.';


--
-- Name: COLUMN chat_sessions.deleted_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.chat_sessions.deleted_at IS 'Soft delete; null while live.';


--
-- Name: class_members; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.class_members (
    class_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT class_members_role_check CHECK ((role = ANY (ARRAY['teacher'::text, 'student'::text])))
);


--
-- Name: TABLE class_members; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.class_members IS 'Who teaches and who attends a class; a class can have several teachers.';


--
-- Name: COLUMN class_members.role; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.class_members.role IS 'teacher | student; a teacher belongs to the district of the class.';


--
-- Name: classes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.classes (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    group_id uuid NOT NULL,
    name text NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT classes_name_check CHECK ((((char_length(name) >= 1) AND (char_length(name) <= 100)) AND (name ~ '[^[:space:]]'::text))),
    CONSTRAINT classes_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text)),
    CONSTRAINT classes_settings_locked_check CHECK (public.are_setting_locks((settings -> 'locked'::text))),
    CONSTRAINT classes_settings_storage_check CHECK (public.are_storage_settings((settings -> 'storage'::text)))
);


--
-- Name: TABLE classes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.classes IS 'Classes of a group, usually a school.';


--
-- Name: COLUMN classes.settings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.classes.settings IS 'What this class sets over its groups'' settings; an imported class keeps its course, term and grade here.';


--
-- Name: COLUMN classes.updated_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.classes.updated_at IS 'Moved by trigger on every real change.';


--
-- Name: COLUMN classes.deleted_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.classes.deleted_at IS 'Soft delete: when the class was removed; null while live.';


--
-- Name: deleted_blobs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.deleted_blobs (
    id bigint NOT NULL,
    storage_backend text NOT NULL,
    storage_key text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE deleted_blobs; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.deleted_blobs IS 'Outbox: storage keys of files whose rows are gone; a worker deletes the blob, then the row.';


--
-- Name: COLUMN deleted_blobs.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.deleted_blobs.id IS 'The order in which blobs were queued.';


--
-- Name: deleted_blobs_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.deleted_blobs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.deleted_blobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: external_ids; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.external_ids (
    source text NOT NULL,
    kind text NOT NULL,
    external_id text NOT NULL,
    user_id uuid,
    group_id uuid,
    class_id uuid,
    chat_session_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT external_ids_external_id_check CHECK (((char_length(external_id) >= 1) AND (char_length(external_id) <= 255))),
    CONSTRAINT external_ids_kind_check CHECK ((
CASE kind
    WHEN 'user'::text THEN (user_id IS NOT NULL)
    WHEN 'group'::text THEN (group_id IS NOT NULL)
    WHEN 'class'::text THEN (class_id IS NOT NULL)
    WHEN 'chat_session'::text THEN (chat_session_id IS NOT NULL)
    ELSE false
END AND (num_nonnulls(user_id, group_id, class_id, chat_session_id) = 1))),
    CONSTRAINT external_ids_source_check CHECK (((char_length(source) >= 1) AND (char_length(source) <= 200)))
);


--
-- Name: TABLE external_ids; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.external_ids IS 'How other systems name our rows, so that an import can be repeated.';


--
-- Name: COLUMN external_ids.source; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.external_ids.source IS 'The other system, such as one district''s roster.';


--
-- Name: COLUMN external_ids.kind; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.external_ids.kind IS 'user | group | class | chat_session: which of the references is set.';


--
-- Name: COLUMN external_ids.external_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.external_ids.external_id IS 'The other system''s id, unique per source and kind.';


--
-- Name: files; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.files (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    original_name text NOT NULL,
    mime_type text NOT NULL,
    size_bytes bigint NOT NULL,
    storage_backend text NOT NULL,
    storage_key text NOT NULL,
    uploaded_by uuid NOT NULL,
    group_id uuid,
    purpose text DEFAULT 'general'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT files_deleted_at_check CHECK (((status = 'soft_deleted'::text) = (deleted_at IS NOT NULL))),
    CONSTRAINT files_mime_type_check CHECK ((mime_type ~ '^[^/[:space:]]{1,127}/[^/[:space:]]{1,127}$'::text)),
    CONSTRAINT files_original_name_check CHECK (((char_length(original_name) >= 1) AND (char_length(original_name) <= 255))),
    CONSTRAINT files_purpose_check CHECK (((char_length(purpose) >= 1) AND (char_length(purpose) <= 50))),
    CONSTRAINT files_size_bytes_check CHECK ((size_bytes >= 0)),
    CONSTRAINT files_status_check CHECK ((status = ANY (ARRAY['active'::text, 'soft_deleted'::text]))),
    CONSTRAINT files_storage_backend_check CHECK ((storage_backend = ANY (ARRAY['s3'::text, 'local'::text]))),
    CONSTRAINT files_storage_key_check CHECK (((octet_length(storage_key) >= 1) AND (octet_length(storage_key) <= 1024)))
);


--
-- Name: TABLE files; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.files IS 'Uploaded files; the bytes are in a blob store.';


--
-- Name: COLUMN files.storage_backend; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.files.storage_backend IS 's3 | local.';


--
-- Name: COLUMN files.storage_key; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.files.storage_key IS 'Where the bytes are in the blob store.';


--
-- Name: COLUMN files.group_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.files.group_id IS 'The group that the file was uploaded for; null: none, or it was deleted for good.';


--
-- Name: COLUMN files.purpose; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.files.purpose IS 'What the file is for, in the application''s terms.';


--
-- Name: COLUMN files.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.files.status IS 'active | soft_deleted, in step with deleted_at.';


--
-- Name: COLUMN files.deleted_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.files.deleted_at IS 'Soft delete: restorable for 30 days, then purged.';


--
-- Name: group_members; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.group_members (
    group_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT group_members_role_check CHECK ((role = ANY (ARRAY['system_admin'::text, 'group_admin'::text, 'teacher'::text, 'student'::text])))
);


--
-- Name: TABLE group_members; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.group_members IS 'Who belongs to a group, with one role each.';


--
-- Name: COLUMN group_members.role; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.group_members.role IS 'system_admin | group_admin | teacher | student; group_admin reaches the groups below, system_admin everything.';


--
-- Name: COLUMN group_members.updated_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.group_members.updated_at IS 'Moved by trigger on every real change.';


--
-- Name: groups; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.groups (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    parent_id uuid,
    name text NOT NULL,
    slug text NOT NULL,
    type text NOT NULL,
    path public.ltree NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT groups_name_check CHECK ((((char_length(name) >= 1) AND (char_length(name) <= 100)) AND (name ~ '[^[:space:]]'::text))),
    CONSTRAINT groups_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text)),
    CONSTRAINT groups_settings_locked_check CHECK (public.are_setting_locks((settings -> 'locked'::text))),
    CONSTRAINT groups_settings_storage_check CHECK (public.are_storage_settings((settings -> 'storage'::text))),
    CONSTRAINT groups_slug_check CHECK (((char_length(slug) <= 100) AND (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text))),
    CONSTRAINT groups_type_check CHECK ((type = ANY (ARRAY['district'::text, 'school'::text, 'department'::text])))
);


--
-- Name: TABLE groups; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.groups IS 'The tree of districts, schools and departments.';


--
-- Name: COLUMN groups.parent_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.groups.parent_id IS 'Null at the root. A district stands at the root or under a district, a school under a district, a department under a school or a department.';


--
-- Name: COLUMN groups.slug; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.groups.slug IS 'Lower-case and URL-safe; unique among live siblings.';


--
-- Name: COLUMN groups.type; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.groups.type IS 'district | school | department.';


--
-- Name: COLUMN groups.path; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.groups.path IS 'The slugs from the root down, with _ for -; kept by the database, unique among live groups.';


--
-- Name: COLUMN groups.settings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.groups.settings IS 'What this group sets; children inherit it unless they set it themselves.';


--
-- Name: COLUMN groups.updated_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.groups.updated_at IS 'Moved by trigger on every real change.';


--
-- Name: COLUMN groups.deleted_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.groups.deleted_at IS 'Soft delete: when the group was archived, with all that was live below it; null while live.';


--
-- Name: messages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.messages (
    session_id uuid NOT NULL,
    seq public.message_seq NOT NULL,
    role public.message_role NOT NULL,
    content text NOT NULL,
    meta public.message_meta DEFAULT '{}'::jsonb NOT NULL,
    idempotency_key text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    origin_user_id uuid,
    CONSTRAINT messages_idempotency_key_check CHECK (((char_length(idempotency_key) >= 1) AND (char_length(idempotency_key) <= 100)))
);


--
-- Name: TABLE messages; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.messages IS 'What was said in a chat, in order.';


--
-- Name: COLUMN messages.seq; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.messages.seq IS '1, 2, 3 … within the chat, without gap or duplicate.';


--
-- Name: COLUMN messages.role; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.messages.role IS 'user | assistant | system.';


--
-- Name: COLUMN messages.meta; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.messages.meta IS 'What is known of the message: tokens, prompt_tokens, completion_tokens, model, latency_ms, finish_reason, extractions, and whatever else a client keeps.';


--
-- Name: COLUMN messages.idempotency_key; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.messages.idempotency_key IS 'Chosen by the client: an append that is repeated with the same key returns the first row.';


--
-- Name: COLUMN messages.origin_user_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.messages.origin_user_id IS 'Whose message it is, or in whose chat it was said first, where that is not the chat''s own person; null as well once they were erased.';


--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    context text DEFAULT 'unknown'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_activity_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sessions_context_check CHECK ((context = ANY (ARRAY['personal'::text, 'shared'::text, 'unknown'::text, 'oauth_google'::text, 'oauth_microsoft'::text]))),
    CONSTRAINT sessions_expires_at_check CHECK ((expires_at > created_at)),
    CONSTRAINT sessions_last_activity_at_check CHECK ((last_activity_at >= created_at)),
    CONSTRAINT sessions_shared_lifetime_check CHECK (((context <> 'shared'::text) OR (expires_at <= (created_at + '02:00:00'::interval)))),
    CONSTRAINT sessions_token_hash_check CHECK ((octet_length(token_hash) = 32))
);


--
-- Name: TABLE sessions; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.sessions IS 'Sign-in sessions (not chats).';


--
-- Name: COLUMN sessions.token_hash; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sessions.token_hash IS 'SHA-256 of the token; the token itself is never stored.';


--
-- Name: COLUMN sessions.context; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sessions.context IS 'personal | shared | unknown | oauth_google | oauth_microsoft; a shared device is signed out after two hours and never extended.';


--
-- Name: COLUMN sessions.last_activity_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sessions.last_activity_at IS 'When the session was last used.';


--
-- Name: COLUMN sessions.expires_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sessions.expires_at IS 'The session is void from this time on; the row is purged later.';


--
-- Name: storage_reservations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.storage_reservations (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    uploaded_by uuid NOT NULL,
    size_bytes bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone DEFAULT (now() + '01:00:00'::interval) NOT NULL,
    CONSTRAINT storage_reservations_expires_at_check CHECK ((expires_at > created_at)),
    CONSTRAINT storage_reservations_size_bytes_check CHECK ((size_bytes >= 0))
);


--
-- Name: TABLE storage_reservations; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.storage_reservations IS 'Room that uploads under way will need; gone when the upload is committed, released or expired.';


--
-- Name: COLUMN storage_reservations.uploaded_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.storage_reservations.uploaded_by IS 'Whose quota it is counted against.';


--
-- Name: COLUMN storage_reservations.size_bytes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.storage_reservations.size_bytes IS 'What the upload will need at the most.';


--
-- Name: COLUMN storage_reservations.expires_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.storage_reservations.expires_at IS 'From this time on the reservation may be purged: its upload is taken for given up.';


--
-- Name: tools; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tools (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    group_id uuid,
    type text NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    definition text NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT tools_definition_check CHECK (((octet_length(definition) >= 1) AND (octet_length(definition) <= 262144))),
    CONSTRAINT tools_name_check CHECK ((((char_length(name) >= 1) AND (char_length(name) <= 100)) AND (name ~ '[^[:space:]]'::text))),
    CONSTRAINT tools_type_check CHECK ((type = ANY (ARRAY['chat'::text, 'product'::text]))),
    CONSTRAINT tools_version_check CHECK (((char_length(version) <= 64) AND (version ~ '^(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$'::text)))
);


--
-- Name: TABLE tools; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.tools IS 'AI tools that teachers make; every version is a row of its own.';


--
-- Name: COLUMN tools.group_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.tools.group_id IS 'Visible in this group and all below it; null: to everyone.';


--
-- Name: COLUMN tools.type; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.tools.type IS 'chat | product.';


--
-- Name: COLUMN tools.version; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.tools.version IS 'A semantic version; the newest is that of the highest semver_precedence(version), not the last in text order.';


--
-- Name: COLUMN tools.definition; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.tools.definition IS 'YAML text, at most 256 KiB; the client checks that it is well-formed.';


--
-- Name: COLUMN tools.created_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.tools.created_by IS 'The author; null once the author was erased.';


--
-- Name: COLUMN tools.updated_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.tools.updated_at IS 'Moved by trigger on every real change.';


--
-- Name: COLUMN tools.deleted_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.tools.deleted_at IS 'Soft delete: when the version was withdrawn; null while live.';


--
-- Name: user_storage_limits; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_storage_limits (
    user_id uuid NOT NULL,
    max_file_size_bytes bigint,
    storage_quota_bytes bigint,
    used_bytes bigint DEFAULT 0 NOT NULL,
    set_by uuid,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT user_storage_limits_max_file_size_bytes_check CHECK ((max_file_size_bytes >= 0)),
    CONSTRAINT user_storage_limits_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500))),
    CONSTRAINT user_storage_limits_storage_quota_bytes_check CHECK ((storage_quota_bytes >= 0)),
    CONSTRAINT user_storage_limits_used_bytes_check CHECK ((used_bytes >= 0))
);


--
-- Name: TABLE user_storage_limits; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.user_storage_limits IS 'What a person may store, where it differs from the group''s settings, and what they store.';


--
-- Name: COLUMN user_storage_limits.max_file_size_bytes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_storage_limits.max_file_size_bytes IS 'The largest single file; null: inherited from the group''s settings.';


--
-- Name: COLUMN user_storage_limits.storage_quota_bytes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_storage_limits.storage_quota_bytes IS 'All files together; null: inherited from the group''s settings.';


--
-- Name: COLUMN user_storage_limits.used_bytes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_storage_limits.used_bytes IS 'What is stored or reserved now; kept by the database.';


--
-- Name: COLUMN user_storage_limits.set_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_storage_limits.set_by IS 'Who set the limits; null: nobody, or they were erased.';


--
-- Name: COLUMN user_storage_limits.updated_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_storage_limits.updated_at IS 'Moved by trigger on every real change.';


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    email text,
    name text NOT NULL,
    password_hash text,
    status text DEFAULT 'pending_verification'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT users_email_check CHECK (((octet_length(email) <= 254) AND (email ~ '^[^[:space:]@]+@[^[:space:]@]+$'::text))),
    CONSTRAINT users_name_check CHECK ((((char_length(name) >= 1) AND (char_length(name) <= 100)) AND (name ~ '[^[:space:]]'::text))),
    CONSTRAINT users_password_hash_check CHECK (((char_length(password_hash) >= 1) AND (char_length(password_hash) <= 255))),
    CONSTRAINT users_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'pending_verification'::text])))
);


--
-- Name: TABLE users; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.users IS 'People: students, teachers, administrators.';


--
-- Name: COLUMN users.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.users.id IS 'UUID version 7, made by the client.';


--
-- Name: COLUMN users.email; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.users.email IS 'Optional, as school rosters need not have one; unique among live users, in any letter case.';


--
-- Name: COLUMN users.name; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.users.name IS 'The whole name as shown, 1 to 100 characters.';


--
-- Name: COLUMN users.password_hash; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.users.password_hash IS 'An argon2id hash in PHC form; null: signs in elsewhere or not at all.';


--
-- Name: COLUMN users.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.users.status IS 'active | suspended | pending_verification; only active people can sign in.';


--
-- Name: COLUMN users.updated_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.users.updated_at IS 'Moved by trigger on every real change.';


--
-- Name: COLUMN users.deleted_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.users.deleted_at IS 'Soft delete: when the person was removed; null while live.';


--
-- Name: chat_sessions chat_sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.chat_sessions
    ADD CONSTRAINT chat_sessions_pkey PRIMARY KEY (id);


--
-- Name: class_members class_members_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.class_members
    ADD CONSTRAINT class_members_pkey PRIMARY KEY (class_id, user_id);


--
-- Name: classes classes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.classes
    ADD CONSTRAINT classes_pkey PRIMARY KEY (id);


--
-- Name: deleted_blobs deleted_blobs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deleted_blobs
    ADD CONSTRAINT deleted_blobs_pkey PRIMARY KEY (id);


--
-- Name: external_ids external_ids_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.external_ids
    ADD CONSTRAINT external_ids_pkey PRIMARY KEY (source, kind, external_id);


--
-- Name: files files_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_pkey PRIMARY KEY (id);


--
-- Name: files files_storage_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_storage_key_key UNIQUE (storage_key);


--
-- Name: group_members group_members_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT group_members_pkey PRIMARY KEY (group_id, user_id);


--
-- Name: groups groups_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_pkey PRIMARY KEY (id);


--
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (session_id, seq);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);


--
-- Name: sessions sessions_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_token_hash_key UNIQUE (token_hash);


--
-- Name: storage_reservations storage_reservations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.storage_reservations
    ADD CONSTRAINT storage_reservations_pkey PRIMARY KEY (id);


--
-- Name: tools tools_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tools
    ADD CONSTRAINT tools_pkey PRIMARY KEY (id);


--
-- Name: user_storage_limits user_storage_limits_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_storage_limits
    ADD CONSTRAINT user_storage_limits_pkey PRIMARY KEY (user_id);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: chat_sessions_parent_session_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX chat_sessions_parent_session_id_idx ON public.chat_sessions USING btree (parent_session_id) WHERE (parent_session_id IS NOT NULL);


--
-- Name: chat_sessions_tool_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX chat_sessions_tool_id_idx ON public.chat_sessions USING btree (tool_id);


--
-- Name: chat_sessions_user_id_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX chat_sessions_user_id_id_idx ON public.chat_sessions USING btree (user_id, id) WHERE ((parent_session_id IS NULL) AND (fork_from_seq IS NOT NULL));


--
-- Name: INDEX chat_sessions_user_id_id_idx; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.chat_sessions_user_id_id_idx IS 'Forks whose parent was deleted for good.';


--
-- Name: chat_sessions_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX chat_sessions_user_id_idx ON public.chat_sessions USING btree (user_id);


--
-- Name: class_members_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX class_members_user_id_idx ON public.class_members USING btree (user_id);


--
-- Name: classes_group_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX classes_group_id_idx ON public.classes USING btree (group_id);


--
-- Name: external_ids_chat_session_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX external_ids_chat_session_id_idx ON public.external_ids USING btree (chat_session_id) WHERE (chat_session_id IS NOT NULL);


--
-- Name: external_ids_class_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX external_ids_class_id_idx ON public.external_ids USING btree (class_id) WHERE (class_id IS NOT NULL);


--
-- Name: external_ids_group_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX external_ids_group_id_idx ON public.external_ids USING btree (group_id) WHERE (group_id IS NOT NULL);


--
-- Name: external_ids_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX external_ids_user_id_idx ON public.external_ids USING btree (user_id) WHERE (user_id IS NOT NULL);


--
-- Name: files_deleted_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX files_deleted_at_idx ON public.files USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);


--
-- Name: files_group_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX files_group_id_idx ON public.files USING btree (group_id) WHERE (group_id IS NOT NULL);


--
-- Name: files_uploaded_by_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX files_uploaded_by_idx ON public.files USING btree (uploaded_by);


--
-- Name: group_members_group_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX group_members_group_id_idx ON public.group_members USING btree (group_id) WHERE (role = ANY (ARRAY['system_admin'::text, 'group_admin'::text]));


--
-- Name: group_members_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX group_members_user_id_idx ON public.group_members USING btree (user_id);


--
-- Name: groups_parent_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX groups_parent_id_idx ON public.groups USING btree (parent_id);


--
-- Name: groups_path_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX groups_path_idx ON public.groups USING gist (path);


--
-- Name: groups_path_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX groups_path_key ON public.groups USING btree (path) WHERE (deleted_at IS NULL);


--
-- Name: messages_origin_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_origin_user_id_idx ON public.messages USING btree (origin_user_id) WHERE (origin_user_id IS NOT NULL);


--
-- Name: messages_session_id_idempotency_key_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX messages_session_id_idempotency_key_key ON public.messages USING btree (session_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);


--
-- Name: sessions_expires_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_expires_at_idx ON public.sessions USING btree (expires_at);


--
-- Name: sessions_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_user_id_idx ON public.sessions USING btree (user_id);


--
-- Name: storage_reservations_expires_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX storage_reservations_expires_at_idx ON public.storage_reservations USING btree (expires_at);


--
-- Name: storage_reservations_uploaded_by_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX storage_reservations_uploaded_by_idx ON public.storage_reservations USING btree (uploaded_by);


--
-- Name: tools_created_by_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tools_created_by_idx ON public.tools USING btree (created_by);


--
-- Name: tools_group_id_name_precedence_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tools_group_id_name_precedence_idx ON public.tools USING btree (group_id, name, public.semver_precedence(version) COLLATE "C");


--
-- Name: tools_group_id_name_version_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX tools_group_id_name_version_key ON public.tools USING btree (group_id, name, version) WHERE ((group_id IS NOT NULL) AND (deleted_at IS NULL));


--
-- Name: tools_name_version_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX tools_name_version_key ON public.tools USING btree (name, version) WHERE ((group_id IS NULL) AND (deleted_at IS NULL));


--
-- Name: user_storage_limits_set_by_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX user_storage_limits_set_by_idx ON public.user_storage_limits USING btree (set_by) WHERE (set_by IS NOT NULL);


--
-- Name: users_email_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX users_email_key ON public.users USING btree (lower(email)) WHERE (deleted_at IS NULL);


--
-- Name: chat_sessions chat_sessions_check_fork; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER chat_sessions_check_fork BEFORE INSERT ON public.chat_sessions FOR EACH ROW WHEN ((new.parent_session_id IS NOT NULL)) EXECUTE FUNCTION public.check_chat_fork();


--
-- Name: chat_sessions chat_sessions_keep_origin; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER chat_sessions_keep_origin BEFORE UPDATE OF tool_id, fork_from_seq, parent_session_id ON public.chat_sessions FOR EACH ROW WHEN (((old.tool_id <> new.tool_id) OR (old.fork_from_seq IS DISTINCT FROM new.fork_from_seq) OR ((old.parent_session_id IS DISTINCT FROM new.parent_session_id) AND (new.parent_session_id IS NOT NULL)))) EXECUTE FUNCTION public.keep_chat_origin();


--
-- Name: chat_sessions chat_sessions_refuse_write; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER chat_sessions_refuse_write BEFORE UPDATE OF last_seq ON public.chat_sessions FOR EACH ROW EXECUTE FUNCTION public.refuse_chat_write();


--
-- Name: class_members class_members_check_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER class_members_check_insert AFTER INSERT ON public.class_members REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.check_class_members();


--
-- Name: class_members class_members_check_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER class_members_check_update AFTER UPDATE ON public.class_members REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.check_class_members();


--
-- Name: classes classes_check_group; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER classes_check_group AFTER UPDATE OF group_id ON public.classes FOR EACH ROW WHEN ((old.group_id <> new.group_id)) EXECUTE FUNCTION public.check_class_group();


--
-- Name: classes classes_check_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER classes_check_insert AFTER INSERT ON public.classes REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.require_live_groups();


--
-- Name: classes classes_touch; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER classes_touch BEFORE UPDATE ON public.classes FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION public.set_updated_at();


--
-- Name: files files_check_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER files_check_insert AFTER INSERT ON public.files REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.require_live_groups();


--
-- Name: files files_count_storage; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER files_count_storage AFTER INSERT OR DELETE OR UPDATE OF size_bytes, uploaded_by ON public.files FOR EACH ROW EXECUTE FUNCTION public.count_storage();


--
-- Name: files files_queue_deleted_blobs; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER files_queue_deleted_blobs AFTER DELETE ON public.files REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.queue_deleted_blobs();


--
-- Name: group_members group_members_admit_on_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER group_members_admit_on_insert AFTER INSERT ON public.group_members REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.lock_admins();


--
-- Name: group_members group_members_admit_on_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER group_members_admit_on_update AFTER UPDATE ON public.group_members REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.lock_admins();


--
-- Name: group_members group_members_assure_on_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER group_members_assure_on_delete AFTER DELETE ON public.group_members REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.keep_district_admins();


--
-- Name: group_members group_members_assure_on_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER group_members_assure_on_update AFTER UPDATE ON public.group_members REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.keep_district_admins();


--
-- Name: group_members group_members_check_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER group_members_check_insert AFTER INSERT ON public.group_members REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.require_live_groups();


--
-- Name: group_members group_members_check_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER group_members_check_update AFTER UPDATE ON public.group_members REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.require_live_groups();


--
-- Name: group_members group_members_touch; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER group_members_touch BEFORE UPDATE ON public.group_members FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION public.set_updated_at();


--
-- Name: groups groups_cascade; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER groups_cascade AFTER UPDATE OF parent_id, slug, path, deleted_at ON public.groups FOR EACH ROW WHEN (((old.path OPERATOR(public.<>) new.path) OR (old.deleted_at IS DISTINCT FROM new.deleted_at))) EXECUTE FUNCTION public.cascade_group();


--
-- Name: groups groups_lock_on_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER groups_lock_on_insert BEFORE INSERT ON public.groups FOR EACH STATEMENT EXECUTE FUNCTION public.lock_group_tree();


--
-- Name: groups groups_lock_on_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER groups_lock_on_update BEFORE UPDATE OF parent_id, slug, type, path, deleted_at ON public.groups FOR EACH STATEMENT EXECUTE FUNCTION public.lock_group_tree();


--
-- Name: groups groups_place; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER groups_place BEFORE INSERT OR UPDATE OF parent_id, slug, type, path, deleted_at ON public.groups FOR EACH ROW EXECUTE FUNCTION public.place_group();


--
-- Name: groups groups_touch; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER groups_touch BEFORE UPDATE ON public.groups FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION public.set_updated_at();


--
-- Name: messages messages_check_order; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER messages_check_order AFTER INSERT ON public.messages REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.check_message_order();


--
-- Name: messages messages_keep_order_on_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER messages_keep_order_on_delete BEFORE DELETE ON public.messages FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION public.keep_message_order();


--
-- Name: messages messages_keep_order_on_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER messages_keep_order_on_update BEFORE UPDATE ON public.messages FOR EACH ROW WHEN (((old.session_id <> new.session_id) OR ((old.seq)::integer <> (new.seq)::integer))) EXECUTE FUNCTION public.keep_message_order();


--
-- Name: storage_reservations storage_reservations_count_storage; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER storage_reservations_count_storage AFTER INSERT OR DELETE OR UPDATE OF size_bytes, uploaded_by ON public.storage_reservations FOR EACH ROW EXECUTE FUNCTION public.count_storage();


--
-- Name: tools tools_check_group; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tools_check_group BEFORE UPDATE OF group_id ON public.tools FOR EACH ROW WHEN ((old.group_id IS DISTINCT FROM new.group_id)) EXECUTE FUNCTION public.check_tool_group();


--
-- Name: tools tools_check_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tools_check_insert AFTER INSERT ON public.tools REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.require_live_groups();


--
-- Name: tools tools_touch; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tools_touch BEFORE UPDATE ON public.tools FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION public.set_updated_at();


--
-- Name: user_storage_limits user_storage_limits_touch; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER user_storage_limits_touch BEFORE UPDATE ON public.user_storage_limits FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION public.set_updated_at();


--
-- Name: users users_erase_copied_messages; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER users_erase_copied_messages BEFORE DELETE ON public.users FOR EACH ROW EXECUTE FUNCTION public.erase_copied_messages();


--
-- Name: users users_keep_districts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER users_keep_districts AFTER UPDATE OF status, deleted_at ON public.users FOR EACH ROW WHEN (((old.status = 'active'::text) AND (old.deleted_at IS NULL) AND (NOT ((new.status = 'active'::text) AND (new.deleted_at IS NULL))))) EXECUTE FUNCTION public.keep_districts_of_admin();


--
-- Name: users users_touch; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER users_touch BEFORE UPDATE ON public.users FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION public.set_updated_at();


--
-- Name: chat_sessions chat_sessions_parent_session_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.chat_sessions
    ADD CONSTRAINT chat_sessions_parent_session_id_fkey FOREIGN KEY (parent_session_id) REFERENCES public.chat_sessions(id) ON DELETE SET NULL;


--
-- Name: chat_sessions chat_sessions_tool_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.chat_sessions
    ADD CONSTRAINT chat_sessions_tool_id_fkey FOREIGN KEY (tool_id) REFERENCES public.tools(id) ON DELETE RESTRICT;


--
-- Name: chat_sessions chat_sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.chat_sessions
    ADD CONSTRAINT chat_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: class_members class_members_class_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.class_members
    ADD CONSTRAINT class_members_class_id_fkey FOREIGN KEY (class_id) REFERENCES public.classes(id) ON DELETE CASCADE;


--
-- Name: class_members class_members_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.class_members
    ADD CONSTRAINT class_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: classes classes_group_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.classes
    ADD CONSTRAINT classes_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.groups(id) ON DELETE CASCADE;


--
-- Name: external_ids external_ids_chat_session_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.external_ids
    ADD CONSTRAINT external_ids_chat_session_id_fkey FOREIGN KEY (chat_session_id) REFERENCES public.chat_sessions(id) ON DELETE CASCADE;


--
-- Name: external_ids external_ids_class_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.external_ids
    ADD CONSTRAINT external_ids_class_id_fkey FOREIGN KEY (class_id) REFERENCES public.classes(id) ON DELETE CASCADE;


--
-- Name: external_ids external_ids_group_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.external_ids
    ADD CONSTRAINT external_ids_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.groups(id) ON DELETE CASCADE;


--
-- Name: external_ids external_ids_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.external_ids
    ADD CONSTRAINT external_ids_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: files files_group_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.groups(id) ON DELETE SET NULL;


--
-- Name: files files_uploaded_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_uploaded_by_fkey FOREIGN KEY (uploaded_by) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: group_members group_members_group_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT group_members_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.groups(id) ON DELETE CASCADE;


--
-- Name: group_members group_members_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT group_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: groups groups_parent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.groups(id) ON DELETE CASCADE;


--
-- Name: messages messages_origin_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_origin_user_id_fkey FOREIGN KEY (origin_user_id) REFERENCES public.users(id) ON DELETE SET NULL;


--
-- Name: messages messages_session_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.chat_sessions(id) ON DELETE CASCADE;


--
-- Name: sessions sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: storage_reservations storage_reservations_uploaded_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.storage_reservations
    ADD CONSTRAINT storage_reservations_uploaded_by_fkey FOREIGN KEY (uploaded_by) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: tools tools_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tools
    ADD CONSTRAINT tools_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id) ON DELETE SET NULL;


--
-- Name: tools tools_group_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tools
    ADD CONSTRAINT tools_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.groups(id) ON DELETE SET NULL;


--
-- Name: user_storage_limits user_storage_limits_set_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_storage_limits
    ADD CONSTRAINT user_storage_limits_set_by_fkey FOREIGN KEY (set_by) REFERENCES public.users(id) ON DELETE SET NULL;


--
-- Name: user_storage_limits user_storage_limits_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_storage_limits
    ADD CONSTRAINT user_storage_limits_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
