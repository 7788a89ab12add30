SELECT
    'view' AS kind,
    view.oid::regclass::text AS object,
    format('%s shows all rows of %s, whatever its policies say', view.oid::regclass, min(relation.oid::regclass::text)) AS title,
    CASE view.relkind
        WHEN 'm' THEN format(
            '%s is a materialised view: it keeps what its owner %s saw of %s, and row security does not apply to it.',
            view.oid::regclass, view.relowner::regrole,
            string_agg(DISTINCT relation.oid::regclass::text, ', ')
        )
        ELSE format(
            '%s reads %s with the rights of its owner %s, to whom the row security there does not apply.',
            view.oid::regclass,
            string_agg(DISTINCT relation.oid::regclass::text, ', '), view.relowner::regrole
        )
    END AS description,
    jsonb_build_object(
        'view', view.oid::regclass,
        'owner', view.relowner::regrole,
        'reads', jsonb_agg(DISTINCT relation.oid::regclass::text)
    ) AS evidence,
    -- PostgreSQL 14 has no such option.
    CASE WHEN view.relkind = 'v' AND current_setting('server_version_num')::integer >= 150000 THEN
        format('ALTER VIEW %s SET (security_invoker = true);', view.oid::regclass)
    END AS up,
    format('ALTER VIEW %s RESET (security_invoker);', view.oid::regclass) AS down
FROM pg_class AS view
JOIN pg_namespace AS namespace ON namespace.oid = view.relnamespace
JOIN pg_roles AS view_owner ON view_owner.oid = view.relowner
JOIN pg_rewrite AS rewrite ON rewrite.ev_class = view.oid
JOIN pg_depend AS dependency ON dependency.classid = 'pg_rewrite'::regclass
    AND dependency.objid = rewrite.oid
    AND dependency.refclassid = 'pg_class'::regclass
JOIN pg_class AS relation ON relation.oid = dependency.refobjid
WHERE namespace.nspname = ANY ($1)
    AND view.relkind IN ('v', 'm')
    AND relation.relkind IN ('r', 'p')
    AND relation.relrowsecurity
    AND EXISTS (SELECT FROM pg_policy AS policy WHERE policy.polrelid = relation.oid)
    AND NOT coalesce(view.reloptions::text[] && '{security_invoker=true,security_invoker=on,security_invoker=yes,security_invoker=1}', false)
    AND (
        view_owner.rolsuper
        OR view_owner.rolbypassrls
        OR (NOT relation.relforcerowsecurity AND pg_has_role(view.relowner, relation.relowner, 'USAGE'))
    )
    -- Somebody else reads it, and it doesn't choose the rows by who reads.
    AND EXISTS (
        SELECT FROM aclexplode(view.relacl) AS privilege
        WHERE privilege.grantee <> view.relowner AND privilege.privilege_type = 'SELECT'
    )
    AND NOT (
        view.relkind = 'v'
        AND pg_get_viewdef(view.oid) ~* '\m(current_user|session_user|current_role|current_setting|pg_has_role|auth\.\w+)\M'
    )
GROUP BY view.oid, view.relkind, view.relowner
ORDER BY view.oid::regclass::text
