-- The server, and the schemas to look at: those in $1, or all that are neither the system's nor an extension's.
WITH looked_at AS (
    SELECT namespace.oid, namespace.nspname::text AS name
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
)
SELECT
    current_setting('server_version_num')::integer AS version,
    current_database()::text AS database,
    coalesce((SELECT array_agg(name ORDER BY name) FROM looked_at), '{}') AS schemas,
    (
        SELECT count(*) FROM pg_class AS relation
        JOIN looked_at ON looked_at.oid = relation.relnamespace
        WHERE relation.relkind IN ('r', 'p')
    ) AS tables,
    coalesce((SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension), '{}') AS extensions,
    coalesce((
        SELECT array_agg(extnamespace::regnamespace::text ORDER BY extname)
        FROM pg_extension
    ), '{}') AS extension_schemas
