WITH protected AS (
    SELECT relation.oid, relation.relnamespace
    FROM pg_class AS relation
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    WHERE namespace.nspname = ANY ($1)
        AND relation.relkind IN ('r', 'p')
        AND relation.relrowsecurity
        AND EXISTS (SELECT FROM pg_policy AS policy WHERE policy.polrelid = relation.oid)
),
-- Who is given anything by a table, beside its owner.
shared AS (
    SELECT DISTINCT relation.oid
    FROM pg_class AS relation
    CROSS JOIN aclexplode(relation.relacl) AS privilege
    WHERE privilege.grantee <> relation.relowner
),
-- The columns by which policies decide: `owner_id`, not the key of the table itself and not `deleted_at`.
deciding AS (
    SELECT DISTINCT
        protected.relnamespace,
        attribute.attname,
        attribute.atttypid,
        protected.oid::regclass::text AS protected
    FROM protected
    JOIN pg_policy AS policy ON policy.polrelid = protected.oid
    JOIN pg_depend AS dependency ON dependency.classid = 'pg_policy'::regclass
        AND dependency.objid = policy.oid
        AND dependency.refclassid = 'pg_class'::regclass
        AND dependency.refobjid = protected.oid
    JOIN pg_attribute AS attribute ON attribute.attrelid = protected.oid
        AND attribute.attnum = dependency.refobjsubid
    JOIN pg_type AS type ON type.oid = attribute.atttypid
    WHERE type.typcategory NOT IN ('B', 'D')
        AND (
            attribute.attname ~* '_?id$' AND attribute.attname !~* '^id$'
            OR EXISTS (
                SELECT FROM pg_constraint AS reference
                WHERE reference.conrelid = protected.oid
                    AND reference.contype = 'f'
                    AND attribute.attnum = ANY (reference.conkey)
            )
        )
),
reason AS (
    SELECT
        relation.oid,
        'column' AS reason,
        deciding.attname::text AS by,
        deciding.protected
    FROM deciding
    JOIN pg_class AS relation ON relation.relnamespace = deciding.relnamespace
    JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid
        AND attribute.attname = deciding.attname
        AND attribute.atttypid = deciding.atttypid
        AND NOT attribute.attisdropped
    UNION ALL
    -- Rows that belong to protected ones and go with them.
    SELECT
        reference.conrelid,
        'reference',
        reference.conname::text,
        protected.oid::regclass::text
    FROM pg_constraint AS reference
    JOIN protected ON protected.oid = reference.confrelid
    WHERE reference.contype = 'f' AND reference.confdeltype = 'c'
),
first_reason AS (
    SELECT DISTINCT ON (oid) *
    FROM reason
    ORDER BY oid, reason, by, protected
)
SELECT
    'table' AS kind,
    relation.oid::regclass::text AS object,
    format('%s has no row security, and %s has', relation.oid::regclass, first_reason.protected) AS title,
    CASE first_reason.reason
        WHEN 'column' THEN format(
            '%s has the column %I, by which the policies of %s decide who sees which row. Its own rows are seen by all who may read it.',
            relation.oid::regclass, first_reason.by, first_reason.protected
        )
        ELSE format(
            'The rows of %s belong to rows of %s (%I), which policies keep from those they are not for. They themselves are seen by all who may read the table.',
            relation.oid::regclass, first_reason.protected, first_reason.by
        )
    END AS description,
    jsonb_build_object(
        'table', relation.oid::regclass,
        first_reason.reason, first_reason.by,
        'protected', first_reason.protected,
        'protected_tables', (SELECT count(*) FROM protected)
    ) AS evidence
FROM first_reason
JOIN pg_class AS relation ON relation.oid = first_reason.oid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE namespace.nspname = ANY ($1)
    AND relation.relkind IN ('r', 'p')
    AND NOT relation.relispartition
    AND NOT relation.relrowsecurity
    -- Where others are given the protected tables and not this one, they can't read it at all.
    AND (
        EXISTS (SELECT FROM shared WHERE shared.oid = relation.oid)
        OR NOT EXISTS (SELECT FROM shared JOIN protected USING (oid))
    )
    AND NOT EXISTS (
        SELECT FROM pg_depend AS dependency
        WHERE dependency.classid = 'pg_class'::regclass
            AND dependency.objid = relation.oid
            AND dependency.deptype = 'e'
    )
ORDER BY relation.oid::regclass::text
