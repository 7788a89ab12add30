SELECT
    'policy' AS kind,
    format('%s.%I', relation.oid::regclass, policy.polname) AS object,
    format(
        'the policy %I lets everybody %s every row of %s',
        policy.polname,
        CASE policy.polcmd WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'change' END,
        relation.oid::regclass
    ) AS title,
    format(
        'The policy %I on %s is permissive, for all roles, and its condition is true. It holds whatever other permissive policies of the table say.',
        policy.polname, relation.oid::regclass
    ) AS description,
    jsonb_build_object(
        'policy', policy.polname,
        'table', relation.oid::regclass,
        'command', CASE policy.polcmd WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
        'using', pg_get_expr(policy.polqual, policy.polrelid),
        'with_check', pg_get_expr(policy.polwithcheck, policy.polrelid)
    ) AS evidence
FROM pg_policy AS policy
JOIN pg_class AS relation ON relation.oid = policy.polrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE namespace.nspname = ANY ($1)
    AND relation.relrowsecurity
    AND policy.polpermissive
    AND 0 = ANY (policy.polroles)
    AND policy.polcmd IN ('a', 'w', 'd', '*')
    AND coalesce(pg_get_expr(policy.polqual, policy.polrelid), 'true') = 'true'
    AND coalesce(pg_get_expr(policy.polwithcheck, policy.polrelid), 'true') = 'true'
    -- A restrictive one has the last word.
    AND NOT EXISTS (
        SELECT FROM pg_policy AS other
        WHERE other.polrelid = policy.polrelid
            AND NOT other.polpermissive
            AND (other.polcmd = '*' OR other.polcmd = policy.polcmd)
    )
ORDER BY relation.oid::regclass::text, policy.polname
