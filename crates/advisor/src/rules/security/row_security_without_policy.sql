SELECT
    'table' AS kind,
    relation.oid::regclass::text AS object,
    format('row security of %s has no policy, so that nobody but its owner sees a row', relation.oid::regclass) AS title,
    format(
        'Row security is enabled on %s and no policy says what is allowed, so nothing is. %s may use the table and get nothing from it.',
        relation.oid::regclass,
        granted.grantees
    ) AS description,
    jsonb_build_object('table', relation.oid::regclass, 'granted_to', granted.grantees) AS evidence
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
-- A table that nobody else was given is meant to be closed.
CROSS JOIN LATERAL (
    SELECT string_agg(
        DISTINCT CASE privilege.grantee WHEN 0 THEN 'PUBLIC' ELSE privilege.grantee::regrole::text END,
        ', '
    ) AS grantees
    FROM aclexplode(relation.relacl) AS privilege
    LEFT JOIN pg_roles AS role ON role.oid = privilege.grantee
    WHERE privilege.grantee <> relation.relowner
        AND NOT coalesce(role.rolbypassrls OR role.rolsuper, false)
        AND privilege.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
) AS granted
WHERE namespace.nspname = ANY ($1)
    AND relation.relkind IN ('r', 'p')
    AND relation.relrowsecurity
    AND granted.grantees IS NOT NULL
    AND NOT EXISTS (SELECT FROM pg_policy AS policy WHERE policy.polrelid = relation.oid)
    AND NOT EXISTS (
        SELECT FROM pg_depend AS dependency
        WHERE dependency.classid = 'pg_class'::regclass
            AND dependency.objid = relation.oid
            AND dependency.deptype = 'e'
    )
ORDER BY relation.oid::regclass::text
