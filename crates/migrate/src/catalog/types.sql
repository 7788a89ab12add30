-- Enums with their labels in order, domains with their constraints, composites with their attributes in order, ranges, and
-- base types by their functions. Row types of tables, arrays and multiranges follow from others and are left out.
SELECT
    CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite type' WHEN 'r' THEN 'range' ELSE 'type' END AS kind,
    NULL AS relation,
    t.oid::regtype::text AS name,
    pg_catalog.concat_ws(
        ' ',
        CASE t.typtype
            WHEN 'e' THEN (
                SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid
            )
            WHEN 'c' THEN '(' || (
                SELECT pg_catalog.string_agg(
                    pg_catalog.concat_ws(
                        ' ',
                        pg_catalog.quote_ident(a.attname),
                        pg_catalog.format_type(a.atttypid, a.atttypmod),
                        'COLLATE ' || (
                            SELECT l.oid::regcollation::text FROM pg_catalog.pg_collation AS l
                            JOIN pg_catalog.pg_type AS b ON b.oid = a.atttypid AND b.typcollation <> l.oid
                            WHERE l.oid = a.attcollation
                        )
                    ),
                    ', ' ORDER BY a.attnum
                )
                FROM pg_catalog.pg_attribute AS a
                WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
            ) || ')'
            WHEN 'd' THEN pg_catalog.concat_ws(
                ' ',
                pg_catalog.format_type(t.typbasetype, t.typtypmod),
                'COLLATE ' || (
                    SELECT l.oid::regcollation::text FROM pg_catalog.pg_collation AS l
                    JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype AND b.typcollation <> l.oid
                    WHERE l.oid = t.typcollation
                ),
                'DEFAULT ' || t.typdefault,
                CASE WHEN t.typnotnull THEN 'NOT NULL' END,
                (
                    SELECT pg_catalog.string_agg(
                        'CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid),
                        ' ' ORDER BY k.conname
                    )
                    FROM pg_catalog.pg_constraint AS k WHERE k.contypid = t.oid
                )
            )
            WHEN 'r' THEN (
                SELECT pg_catalog.concat_ws(
                    ' ',
                    'SUBTYPE ' || pg_catalog.format_type(r.rngsubtype, NULL),
                    'COLLATION ' || nullif(r.rngcollation, 0)::regcollation::text,
                    'CANONICAL ' || nullif(r.rngcanonical::oid, 0)::regprocedure::text,
                    'SUBTYPE_DIFF ' || nullif(r.rngsubdiff::oid, 0)::regprocedure::text,
                    'MULTIRANGE ' || pg_catalog.format_type(r.rngmultitypid, NULL)
                )
                FROM pg_catalog.pg_range AS r WHERE r.rngtypid = t.oid
            )
            ELSE CASE WHEN t.typisdefined THEN pg_catalog.concat_ws(
                ' ', t.typinput::text, t.typoutput::text, t.typlen, t.typalign::text, t.typstorage::text
            ) ELSE 'SHELL' END
        END,
        'OWNER ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(t.typowner))
    ) AS definition
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
WHERE (t.typrelid = 0 OR c.relkind = 'c')
    AND t.typtype <> 'm'
    AND NOT (t.typcategory = 'A' AND t.typelem <> 0 AND t.typlen = -1)
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
    )
