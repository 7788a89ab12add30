SELECT
    'schema' AS kind,
    'public' AS object,
    format(
        '%s in the schema public: %s',
        CASE count(*) WHEN 1 THEN 'an extension is' ELSE format('%s extensions are', count(*)) END,
        string_agg(quote_ident(extension.extname), ', ' ORDER BY extension.extname)
    ) AS title,
    format(
        'The functions, types and operators of %s stand among the application''s own objects in the schema public: %s objects of theirs.',
        string_agg(quote_ident(extension.extname), ', ' ORDER BY extension.extname),
        sum(member.number)
    ) AS description,
    jsonb_agg(
        jsonb_build_object(
            'extension', extension.extname,
            'version', extension.extversion,
            'can_be_moved', extension.extrelocatable
        )
        ORDER BY extension.extname
    ) AS evidence,
    CASE WHEN bool_and(extension.extrelocatable) THEN concat(
        'CREATE SCHEMA IF NOT EXISTS extensions;',
        string_agg(
            format(E'\nALTER EXTENSION %I SET SCHEMA extensions;', extension.extname),
            '' ORDER BY extension.extname
        ),
        E'\n-- Then put it into the search_path of the roles: ALTER DATABASE … SET search_path = public, extensions;'
    ) END AS up,
    concat(
        string_agg(
            format(E'ALTER EXTENSION %I SET SCHEMA public;\n', extension.extname),
            '' ORDER BY extension.extname
        ),
        'DROP SCHEMA extensions;'
    ) AS down
FROM pg_extension AS extension
CROSS JOIN LATERAL (
    SELECT count(*) AS number
    FROM pg_depend AS dependency
    WHERE dependency.refclassid = 'pg_extension'::regclass
        AND dependency.refobjid = extension.oid
        AND dependency.deptype = 'e'
) AS member
WHERE extension.extnamespace = 'public'::regnamespace
    AND 'public' = ANY ($1)
HAVING count(*) > 0
