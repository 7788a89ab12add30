-- What people store is counted by the database: used_bytes is the sum of their files and of what is reserved for uploads
-- that are under way, and it never grows above their quota.

CREATE TABLE storage_reservations (
    id          uuid        NOT NULL DEFAULT uuid_v7() PRIMARY KEY,
    uploaded_by uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    size_bytes  bigint      NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '1 hour',
    CONSTRAINT storage_reservations_size_bytes_check CHECK (size_bytes >= 0),
    CONSTRAINT storage_reservations_expires_at_check CHECK (expires_at > created_at)
);

CREATE INDEX storage_reservations_uploaded_by_idx ON storage_reservations (uploaded_by);
CREATE INDEX storage_reservations_expires_at_idx ON storage_reservations (expires_at);

CREATE FUNCTION effective_storage_limits(of_user_id uuid)
    RETURNS TABLE (field text, bytes bigint, source text, group_id uuid, role text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, public, pg_temp
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
COMMENT ON FUNCTION effective_storage_limits(uuid) IS
    'What a person may store, and who says so: their own limit, else that of the nearest group for their role or for all, else the system''s. Of several memberships the most generous counts.';

-- The lock on the person's row in user_storage_limits makes their uploads queue up.
CREATE FUNCTION count_storage() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
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
COMMENT ON FUNCTION count_storage() IS
    'Keeps used_bytes in step with files and reservations; refuses files that are too large, or more than the quota.';

-- After, as a row that ON CONFLICT leaves out is not stored.
CREATE TRIGGER files_count_storage
    AFTER INSERT OR DELETE OR UPDATE OF size_bytes, uploaded_by ON files
    FOR EACH ROW EXECUTE FUNCTION count_storage();
CREATE TRIGGER storage_reservations_count_storage
    AFTER INSERT OR DELETE OR UPDATE OF size_bytes, uploaded_by ON storage_reservations
    FOR EACH ROW EXECUTE FUNCTION count_storage();

CREATE FUNCTION reconcile_storage(of_user_id uuid) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
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
COMMENT ON FUNCTION reconcile_storage(uuid) IS
    'Counts anew what a person stores, and returns by how many bytes the count was too small.';

COMMENT ON TABLE storage_reservations IS 'Room that uploads under way will need; gone when the upload is committed, released or expired.';
COMMENT ON COLUMN storage_reservations.uploaded_by IS 'Whose quota it is counted against.';
COMMENT ON COLUMN storage_reservations.size_bytes IS 'What the upload will need at the most.';
COMMENT ON COLUMN storage_reservations.expires_at IS 'From this time on the reservation may be purged: its upload is taken for given up.';
COMMENT ON COLUMN user_storage_limits.used_bytes IS 'What is stored or reserved now; kept by the database.';
