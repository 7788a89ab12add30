SELECT
    'schema' AS kind,
    quote_ident(namespace.nspname) AS object,
    format('everybody may create objects in the schema %I', namespace.nspname) AS title,
    format(
        'PUBLIC has CREATE on the schema %I%s.',
        namespace.nspname,
        CASE WHEN namespace.nspname = 'public' THEN ', as was the default before PostgreSQL 15 and stays when a server is upgraded' ELSE '' END
    ) AS description,
    jsonb_build_object('schema', namespace.nspname, 'privileges', namespace.nspacl::text) AS evidence,
    format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC;', namespace.nspname) AS up,
    format('GRANT CREATE ON SCHEMA %I TO PUBLIC;', namespace.nspname) AS down
FROM pg_namespace AS namespace
WHERE namespace.nspname = ANY ($1)
    AND EXISTS (
        SELECT FROM aclexplode(namespace.nspacl) AS granted
        WHERE granted.grantee = 0 AND granted.privilege_type = 'CREATE'
    )
ORDER BY namespace.nspname
