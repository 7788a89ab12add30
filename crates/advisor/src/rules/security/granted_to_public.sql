WITH granted AS (
    SELECT
        relation.oid,
        relation.relkind,
        relation.oid::regclass::text AS identity,
        NULL::name AS column_name,
        privilege.privilege_type AS privilege
    FROM pg_class AS relation
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    CROSS JOIN aclexplode(relation.relacl) AS privilege
    WHERE namespace.nspname = ANY ($1)
        AND relation.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND privilege.grantee = 0
    UNION ALL
    SELECT
        relation.oid,
        relation.relkind,
        relation.oid::regclass::text,
        attribute.attname,
        privilege.privilege_type
    FROM pg_attribute AS attribute
    JOIN pg_class AS relation ON relation.oid = attribute.attrelid
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    CROSS JOIN aclexplode(attribute.attacl) AS privilege
    WHERE namespace.nspname = ANY ($1)
        AND NOT attribute.attisdropped
        AND privilege.grantee = 0
),
gathered AS (
    SELECT
        oid,
        relkind,
        identity,
        bool_or(privilege NOT IN ('SELECT', 'USAGE', 'REFERENCES')) AS is_written,
        string_agg(DISTINCT privilege, ', ' ORDER BY privilege) AS privileges,
        string_agg(
            DISTINCT CASE WHEN column_name IS NULL THEN privilege ELSE format('%s (%I)', privilege, column_name) END,
            ', '
        ) AS privileges_with_columns
    FROM granted
    GROUP BY oid, relkind, identity
)
SELECT
    CASE relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END AS kind,
    identity AS object,
    format('everybody has %s on %s', privileges, identity) AS title,
    format(
        'PUBLIC, which is every role that there is and will be, has %s on %s.',
        privileges_with_columns, identity
    ) AS description,
    CASE WHEN is_written THEN 'High' ELSE 'Medium' END AS priority,
    jsonb_build_object('relation', identity, 'privileges', privileges_with_columns) AS evidence,
    format(
        'REVOKE %s ON %s%s FROM PUBLIC;',
        privileges_with_columns, CASE WHEN relkind = 'S' THEN 'SEQUENCE ' END, identity
    ) AS up,
    format(
        'GRANT %s ON %s%s TO PUBLIC;',
        privileges_with_columns, CASE WHEN relkind = 'S' THEN 'SEQUENCE ' END, identity
    ) AS down
FROM gathered
WHERE NOT EXISTS (
    SELECT FROM pg_depend AS dependency
    WHERE dependency.classid = 'pg_class'::regclass
        AND dependency.objid = gathered.oid
        AND dependency.deptype = 'e'
)
ORDER BY identity
