WITH routine AS (
    SELECT
        routine.oid,
        routine.oid::regprocedure::text AS identity,
        namespace.nspname AS schema,
        relation.oid::regclass::text AS relation,
        relation_namespace.nspname AS relation_schema,
        row_number() OVER (PARTITION BY routine.oid ORDER BY relation.relname) AS rank
    FROM pg_proc AS routine
    JOIN pg_namespace AS namespace ON namespace.oid = routine.pronamespace
    JOIN pg_language AS language ON language.oid = routine.prolang
    -- A relation that the body names without its schema.
    JOIN pg_class AS relation ON relation.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND routine.prosrc ~* concat(
            '\m(from|join|into|update|only)\s+"?',
            regexp_replace(relation.relname, '(\W)', '\\\1', 'g'),
            '"?(?![\w.])'
        )
    JOIN pg_namespace AS relation_namespace ON relation_namespace.oid = relation.relnamespace
        AND relation_namespace.nspname = ANY ($1)
    WHERE namespace.nspname = ANY ($1)
        AND NOT routine.prosecdef
        AND language.lanname IN ('sql', 'plpgsql')
        AND routine.prosqlbody IS NULL
        AND NOT EXISTS (
            SELECT FROM unnest(routine.proconfig) AS setting WHERE setting LIKE 'search_path=%'
        )
        AND NOT EXISTS (
            SELECT FROM pg_depend AS dependency
            WHERE dependency.classid = 'pg_proc'::regclass
                AND dependency.objid = routine.oid
                AND dependency.deptype = 'e'
        )
),
used AS (
    SELECT
        routine.*,
        -- What calls it without asking for a path: a restored dump, a build of an index, a refresh.
        (
            SELECT pg_describe_object(dependency.classid, dependency.objid, dependency.objsubid)
            FROM pg_depend AS dependency
            LEFT JOIN pg_class AS index ON dependency.classid = 'pg_class'::regclass
                AND index.oid = dependency.objid
            LEFT JOIN pg_constraint AS check_constraint ON dependency.classid = 'pg_constraint'::regclass
                AND check_constraint.oid = dependency.objid
            LEFT JOIN pg_attrdef AS default_value ON dependency.classid = 'pg_attrdef'::regclass
                AND default_value.oid = dependency.objid
            LEFT JOIN pg_attribute AS generated ON generated.attrelid = default_value.adrelid
                AND generated.attnum = default_value.adnum
            LEFT JOIN pg_rewrite AS rewrite ON dependency.classid = 'pg_rewrite'::regclass
                AND rewrite.oid = dependency.objid
            LEFT JOIN pg_class AS view ON view.oid = rewrite.ev_class
            WHERE dependency.refclassid = 'pg_proc'::regclass
                AND dependency.refobjid = routine.oid
                AND (
                    index.relkind IN ('i', 'I')
                    OR check_constraint.contype = 'c'
                    OR generated.attgenerated <> ''
                    OR view.relkind = 'm'
                )
            ORDER BY dependency.classid, dependency.objid
            LIMIT 1
        ) AS user_without_path
    FROM routine
    WHERE rank = 1
)
SELECT
    'function' AS kind,
    identity AS object,
    format('%s finds %s only by the search_path of its caller, and %s calls it', identity, relation, user_without_path) AS title,
    format(
        '%s names %s without its schema and has no search_path of its own. It is called by %s.',
        identity, relation, user_without_path
    ) AS description,
    jsonb_build_object('function', identity, 'names', relation, 'called_by', user_without_path) AS evidence,
    format('ALTER ROUTINE %s SET search_path = %I, pg_temp;', identity, relation_schema) AS up,
    format('ALTER ROUTINE %s RESET search_path;', identity) AS down
FROM used
WHERE user_without_path IS NOT NULL
ORDER BY identity
