SELECT
    CASE WHEN $1 IS NOT NULL THEN pg_catalog.set_config('lock_timeout', $1, true) END,
    CASE WHEN $2 IS NOT NULL THEN pg_catalog.set_config('statement_timeout', $2, true) END,
    EXISTS (
        SELECT
        FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'advisory'
            AND l.pid = pg_catalog.pg_backend_pid()
            AND l.classid = $3
            AND l.objid = $4
            AND l.objsubid = 2
            AND l.granted
            AND l.database = (
                SELECT d.oid FROM pg_catalog.pg_database AS d
                WHERE d.datname = pg_catalog.current_database()
            )
    )
