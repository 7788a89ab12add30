WITH definer AS (
    SELECT
        routine.oid,
        routine.oid::regprocedure::text AS identity,
        namespace.nspname AS schema,
        routine.proowner::regrole::text AS owner,
        routine.prosrc AS body,
        -- `search_path=public, pg_temp`, as a list of names; null: it has none of its own.
        (
            SELECT regexp_split_to_array(substr(setting, length('search_path=') + 1), '\s*,\s*')
            FROM unnest(routine.proconfig) AS setting
            WHERE setting LIKE 'search_path=%'
        ) AS path
    FROM pg_proc AS routine
    JOIN pg_namespace AS namespace ON namespace.oid = routine.pronamespace
    JOIN pg_language AS language ON language.oid = routine.prolang
    WHERE namespace.nspname = ANY ($1)
        AND routine.prosecdef
        AND language.lanname NOT IN ('c', 'internal')
        -- A body of standard SQL was bound to its objects when it was made.
        AND routine.prosqlbody IS NULL
        AND NOT EXISTS (
            SELECT FROM pg_depend AS dependency
            WHERE dependency.classid = 'pg_proc'::regclass
                AND dependency.objid = routine.oid
                AND dependency.deptype = 'e'
        )
),
judged AS (
    SELECT
        *,
        (
            SELECT string_agg(quote_ident(namespace.nspname), ', ' ORDER BY namespace.nspname)
            FROM pg_namespace AS namespace
            WHERE quote_ident(namespace.nspname) = ANY (path)
                AND EXISTS (
                    SELECT FROM aclexplode(namespace.nspacl) AS granted
                    WHERE granted.grantee = 0 AND granted.privilege_type = 'CREATE'
                )
        ) AS open_schemas,
        -- Temporary tables come first where the path doesn't name them, and matter where a table is named without its schema.
        NOT 'pg_temp' = ANY (path)
            AND has_database_privilege('public', current_database(), 'TEMPORARY')
            AND EXISTS (
                SELECT FROM pg_class AS relation
                JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
                WHERE quote_ident(namespace.nspname) = ANY (path)
                    AND relation.relkind IN ('r', 'p', 'v', 'm', 'f')
                    AND body ~* concat(
                        '\m(from|join|into|update|only)\s+"?',
                        regexp_replace(relation.relname, '(\W)', '\\\1', 'g'),
                        '"?(?![\w.])'
                    )
            ) AS is_open_to_temporary_tables
    FROM definer
)
SELECT
    'function' AS kind,
    identity AS object,
    CASE
        WHEN path IS NULL THEN
            format('%s runs with the rights of %s and the search_path of its caller', identity, owner)
        WHEN open_schemas IS NOT NULL THEN
            format('%s runs with the rights of %s and looks into %s, where everybody may create', identity, owner, open_schemas)
        ELSE format('%s runs with the rights of %s and takes its caller''s temporary tables for its own', identity, owner)
    END AS title,
    CASE
        WHEN path IS NULL THEN format(
            '%s is SECURITY DEFINER and has no search_path of its own. Whoever calls it decides which tables, functions and operators the names in its body mean.',
            identity
        )
        ELSE format(
            'The search_path of %s is %s. %s',
            identity,
            array_to_string(path, ', '),
            CASE
                WHEN open_schemas IS NOT NULL THEN format('Everybody may create objects in %s.', open_schemas)
                ELSE 'Temporary tables are looked for before it, as it does not name pg_temp, and a table stands in the body without its schema.'
            END
        )
    END AS description,
    CASE WHEN path IS NULL OR open_schemas IS NOT NULL THEN 'High' ELSE 'Medium' END AS priority,
    jsonb_build_object('function', identity, 'owner', owner, 'search_path', path) AS evidence,
    format(
        'ALTER ROUTINE %s SET search_path = %s, pg_temp;',
        identity,
        CASE
            WHEN path IS NULL OR open_schemas IS NOT NULL THEN quote_ident(schema)
            ELSE array_to_string(path, ', ')
        END
    ) AS up,
    CASE
        WHEN path IS NULL THEN format('ALTER ROUTINE %s RESET search_path;', identity)
        ELSE format('ALTER ROUTINE %s SET search_path = %s;', identity, array_to_string(path, ', '))
    END AS down
FROM judged
WHERE path IS NULL OR open_schemas IS NOT NULL OR is_open_to_temporary_tables
ORDER BY identity
