-- What of a session and its database a statement may have changed, of relations that were not made by initdb.
SELECT 'lock', l.relation, l.mode, NULL::bigint
FROM pg_catalog.pg_locks AS l
WHERE l.locktype = 'relation'
    AND l.pid = pg_catalog.pg_backend_pid()
    AND l.granted
    AND l.relation >= 16384
    AND l.database = (
        SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()
    )
UNION ALL
SELECT 'file', c.oid, NULL, pg_catalog.pg_relation_filenode(c.oid)::bigint
FROM pg_catalog.pg_class AS c
WHERE c.relkind IN ('r', 'm', 'i') AND c.oid >= 16384
UNION ALL
SELECT 'scans', c.oid, NULL, pg_catalog.pg_stat_get_xact_numscans(c.oid)
FROM pg_catalog.pg_class AS c
WHERE c.relkind IN ('r', 'm') AND c.oid >= 16384
