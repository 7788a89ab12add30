SELECT EXISTS (
    SELECT
    FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'advisory'
        AND l.pid = pg_catalog.pg_backend_pid()
        AND l.classid = $1
        AND l.objid = $2
        AND l.objsubid = 2
        AND l.granted
        AND l.database = (
            SELECT d.oid FROM pg_catalog.pg_database AS d
            WHERE d.datname = pg_catalog.current_database()
        )
)
