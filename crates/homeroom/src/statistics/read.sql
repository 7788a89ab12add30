-- How much of everything there is, in one snapshot: every table is read once.
SELECT
    people.active, people.suspended, people.pending_verification, people.deleted,
    tree.districts, tree.schools, tree.departments, tree.archived,
    (SELECT count(*) FROM group_members) AS group_members,
    taught.live, taught.deleted,
    places.teachers, places.students,
    made.live, made.deleted,
    talks.active, talks.completed, talks.deleted, talks.forks,
    (SELECT count(*) FROM messages) AS messages,
    signed_in.live, signed_in.expired,
    stored.live, stored.live_bytes, stored.deleted, stored.deleted_bytes,
    (SELECT count(*) FROM deleted_blobs) AS blobs_to_delete,
    pg_database_size(current_database()) AS database_bytes,
    coalesce(largest.names, '{}') AS names,
    coalesce(largest.bytes, '{}') AS bytes
FROM (
    SELECT count(*) FILTER (WHERE deleted_at IS NULL AND status = 'active') AS active,
        count(*) FILTER (WHERE deleted_at IS NULL AND status = 'suspended') AS suspended,
        count(*) FILTER (WHERE deleted_at IS NULL AND status = 'pending_verification') AS pending_verification,
        count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted
    FROM users
) AS people
CROSS JOIN (
    SELECT count(*) FILTER (WHERE deleted_at IS NULL AND type = 'district') AS districts,
        count(*) FILTER (WHERE deleted_at IS NULL AND type = 'school') AS schools,
        count(*) FILTER (WHERE deleted_at IS NULL AND type = 'department') AS departments,
        count(*) FILTER (WHERE deleted_at IS NOT NULL) AS archived
    FROM groups
) AS tree
CROSS JOIN (
    SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS live, count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted
    FROM classes
) AS taught
CROSS JOIN (
    SELECT count(*) FILTER (WHERE role = 'teacher') AS teachers, count(*) FILTER (WHERE role = 'student') AS students
    FROM class_members
) AS places
CROSS JOIN (
    SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS live, count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted
    FROM tools
) AS made
CROSS JOIN (
    SELECT count(*) FILTER (WHERE deleted_at IS NULL AND state = 'active') AS active,
        count(*) FILTER (WHERE deleted_at IS NULL AND state = 'completed') AS completed,
        count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted,
        -- A fork whose parent was deleted for good keeps the place where it left.
        count(*) FILTER (WHERE deleted_at IS NULL AND fork_from_seq IS NOT NULL) AS forks
    FROM chat_sessions
) AS talks
CROSS JOIN (
    SELECT count(*) FILTER (WHERE expires_at > now()) AS live, count(*) FILTER (WHERE expires_at <= now()) AS expired
    FROM sessions
) AS signed_in
CROSS JOIN (
    SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS live,
        (coalesce(sum(size_bytes) FILTER (WHERE deleted_at IS NULL), 0))::bigint AS live_bytes,
        count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted,
        (coalesce(sum(size_bytes) FILTER (WHERE deleted_at IS NOT NULL), 0))::bigint AS deleted_bytes
    FROM files
) AS stored
CROSS JOIN (
    SELECT array_agg(name ORDER BY size DESC, name) AS names, array_agg(size ORDER BY size DESC, name) AS bytes
    FROM (
        SELECT format('%s%s', CASE nspname WHEN 'public' THEN '' ELSE nspname || '.' END, relname) AS name,
            pg_total_relation_size(pg_class.oid) AS size
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        -- Another session's temporary tables can vanish under the hands: they have no size then.
        WHERE relkind IN ('r', 'm') AND relpersistence <> 't' AND nspname NOT IN ('pg_catalog', 'information_schema')
        ORDER BY size DESC NULLS LAST, name
        LIMIT 10
    ) AS each_table
    WHERE size IS NOT NULL
) AS largest
