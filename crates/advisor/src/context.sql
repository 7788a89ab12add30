-- The server, and the schemas to look at: those in $1, or all that are neither the system's nor an extension's.
SELECT
    current_setting('server_version_num')::integer AS version,
    current_database()::text AS database,
    coalesce((
        SELECT array_agg(namespace.nspname::text ORDER BY namespace.nspname)
        FROM pg_namespace AS namespace
        WHERE CASE
            WHEN $1::text[] IS NOT NULL THEN namespace.nspname = ANY ($1::text[])
            ELSE namespace.nspname !~ '^pg_'
                AND namespace.nspname <> 'information_schema'
                AND NOT EXISTS (
                    SELECT FROM pg_depend AS dependency
                    WHERE dependency.classid = 'pg_namespace'::regclass
                        AND dependency.objid = namespace.oid
                        AND dependency.deptype = 'e'
                )
        END
    ), '{}') AS schemas,
    coalesce((SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension), '{}') AS extensions,
    coalesce((
        SELECT array_agg(extnamespace::regnamespace::text ORDER BY extname)
        FROM pg_extension
    ), '{}') AS extension_schemas
