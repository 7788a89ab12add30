SELECT
    'table' AS kind,
    relation.oid::regclass::text AS object,
    format('%s has policies, and row security is off', relation.oid::regclass) AS title,
    format(
        '%s has %s, and row security is not enabled on it. The server asks none of them.',
        relation.oid::regclass,
        CASE count(*) WHEN 1 THEN 'a policy' ELSE format('%s policies', count(*)) END
    ) AS description,
    jsonb_build_object(
        'table', relation.oid::regclass,
        'policies', jsonb_agg(policy.polname ORDER BY policy.polname)
    ) AS evidence,
    format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', relation.oid::regclass) AS up,
    format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY;', relation.oid::regclass) AS down
FROM pg_policy AS policy
JOIN pg_class AS relation ON relation.oid = policy.polrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE namespace.nspname = ANY ($1)
    AND NOT relation.relrowsecurity
GROUP BY relation.oid
ORDER BY relation.oid::regclass::text
