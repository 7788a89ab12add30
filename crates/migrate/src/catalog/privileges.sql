-- Who may do what, where that differs from what PostgreSQL grants by itself: a privilege granted and revoked again leaves none.
SELECT
    'privileges' AS kind,
    o.relation,
    o.name,
    coalesce(given.grants, 'none') AS definition
FROM (
    SELECT
        n.nspname || '.' || c.relname AS relation,
        CASE c.relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || c.oid::regclass::text AS name,
        c.relacl AS acl,
        pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner) AS normal,
        'pg_catalog.pg_class'::regclass AS class,
        c.oid AS object,
        n.nspname AS schema
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relacl IS NOT NULL
    UNION ALL
    SELECT
        n.nspname || '.' || c.relname,
        'column ' || c.oid::regclass::text || '.' || pg_catalog.quote_ident(a.attname),
        a.attacl,
        pg_catalog.acldefault('c', c.relowner),
        'pg_catalog.pg_class'::regclass,
        c.oid,
        n.nspname
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT
        NULL,
        'function ' || p.oid::regprocedure::text,
        p.proacl,
        pg_catalog.acldefault('f', p.proowner),
        'pg_catalog.pg_proc'::regclass,
        p.oid,
        n.nspname
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.proacl IS NOT NULL
    UNION ALL
    SELECT
        NULL,
        'schema ' || pg_catalog.quote_ident(n.nspname),
        n.nspacl,
        pg_catalog.acldefault('n', n.nspowner),
        'pg_catalog.pg_namespace'::regclass,
        n.oid,
        n.nspname
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspacl IS NOT NULL
    UNION ALL
    SELECT
        NULL,
        'type ' || t.oid::regtype::text,
        t.typacl,
        pg_catalog.acldefault('T', t.typowner),
        'pg_catalog.pg_type'::regclass,
        t.oid,
        n.nspname
    FROM pg_catalog.pg_type AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
    WHERE t.typacl IS NOT NULL
    UNION ALL
    SELECT
        NULL,
        'foreign server ' || pg_catalog.quote_ident(s.srvname),
        s.srvacl,
        pg_catalog.acldefault('S', s.srvowner),
        'pg_catalog.pg_foreign_server'::regclass,
        s.oid,
        ''
    FROM pg_catalog.pg_foreign_server AS s
    WHERE s.srvacl IS NOT NULL
    UNION ALL
    SELECT
        NULL,
        'foreign data wrapper ' || pg_catalog.quote_ident(w.fdwname),
        w.fdwacl,
        pg_catalog.acldefault('F', w.fdwowner),
        'pg_catalog.pg_foreign_data_wrapper'::regclass,
        w.oid,
        ''
    FROM pg_catalog.pg_foreign_data_wrapper AS w
    WHERE w.fdwacl IS NOT NULL
    UNION ALL
    SELECT
        NULL,
        'language ' || pg_catalog.quote_ident(l.lanname),
        l.lanacl,
        pg_catalog.acldefault('l', l.lanowner),
        'pg_catalog.pg_language'::regclass,
        l.oid,
        ''
    FROM pg_catalog.pg_language AS l
    WHERE l.lanacl IS NOT NULL
    UNION ALL
    SELECT
        NULL,
        'database',
        b.datacl,
        pg_catalog.acldefault('d', b.datdba),
        'pg_catalog.pg_database'::regclass,
        b.oid,
        ''
    FROM pg_catalog.pg_database AS b
    WHERE b.datacl IS NOT NULL AND b.datname = pg_catalog.current_database()
    UNION ALL
    SELECT
        NULL,
        pg_catalog.concat_ws(
            ' ',
            'default of ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(f.defaclrole)) || ' for',
            CASE f.defaclobjtype
                WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
                WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE f.defaclobjtype::text
            END,
            'in ' || (SELECT pg_catalog.quote_ident(m.nspname) FROM pg_catalog.pg_namespace AS m WHERE m.oid = f.defaclnamespace)
        ),
        f.defaclacl,
        NULL,
        'pg_catalog.pg_default_acl'::regclass,
        f.oid,
        ''
    FROM pg_catalog.pg_default_acl AS f
) AS o
CROSS JOIN LATERAL (
    SELECT pg_catalog.string_agg(e.item, ', ' ORDER BY e.item) AS grants
    FROM (
        SELECT
            CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END
                || ' ' || pg_catalog.string_agg(
                    x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END,
                    '/' ORDER BY x.privilege_type
                )
                || ' by ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantor)) AS item
        FROM pg_catalog.aclexplode(o.acl) AS x
        GROUP BY x.grantee, x.grantor
    ) AS e
) AS given
WHERE o.schema !~ '^pg_'
    AND o.schema <> 'information_schema'
    AND (
        o.normal IS NULL
        OR EXISTS (SELECT * FROM pg_catalog.aclexplode(o.acl) EXCEPT SELECT * FROM pg_catalog.aclexplode(o.normal))
        OR EXISTS (SELECT * FROM pg_catalog.aclexplode(o.normal) EXCEPT SELECT * FROM pg_catalog.aclexplode(o.acl))
    )
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = o.class AND d.objid = o.object AND d.objsubid = 0 AND d.deptype = 'e'
    )
