SELECT
    'table' AS kind,
    relation.oid::regclass::text AS object,
    format('row security of %s holds for nobody', relation.oid::regclass) AS title,
    format(
        '%s belongs to %s, to whom its row security does not apply, and no other role has any right on it.',
        relation.oid::regclass, relation.relowner::regrole
    ) AS description,
    jsonb_build_object(
        'table', relation.oid::regclass,
        'owner', relation.relowner::regrole,
        'privileges', relation.relacl::text,
        'policies', (SELECT jsonb_agg(polname ORDER BY polname) FROM pg_policy WHERE polrelid = relation.oid)
    ) AS evidence,
    format('ALTER TABLE %s FORCE ROW LEVEL SECURITY;', relation.oid::regclass) AS up,
    format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY;', relation.oid::regclass) AS down
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE namespace.nspname = ANY ($1)
    AND relation.relkind IN ('r', 'p')
    AND relation.relrowsecurity
    AND NOT relation.relforcerowsecurity
    AND EXISTS (SELECT FROM pg_policy AS policy WHERE policy.polrelid = relation.oid)
    AND NOT EXISTS (
        SELECT FROM aclexplode(relation.relacl) AS privilege
        LEFT JOIN pg_roles AS role ON role.oid = privilege.grantee
        WHERE privilege.grantee <> relation.relowner
            AND NOT coalesce(role.rolsuper OR role.rolbypassrls, false)
    )
    AND NOT EXISTS (
        SELECT FROM pg_attribute AS attribute
        WHERE attribute.attrelid = relation.oid AND attribute.attacl IS NOT NULL
    )
ORDER BY relation.oid::regclass::text
