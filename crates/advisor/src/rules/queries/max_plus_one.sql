-- The bodies of functions that may give numbers.
SELECT
    routine.oid::regprocedure::text AS identity,
    routine.prosrc AS body
FROM pg_proc AS routine
JOIN pg_namespace AS namespace ON namespace.oid = routine.pronamespace
JOIN pg_language AS language ON language.oid = routine.prolang
WHERE namespace.nspname = ANY ($1)
    AND language.lanname IN ('sql', 'plpgsql')
    AND routine.prosrc ~* '\mmax\s*\('
    AND NOT EXISTS (
        SELECT FROM pg_depend AS dependency
        WHERE dependency.classid = 'pg_proc'::regclass
            AND dependency.objid = routine.oid
            AND dependency.deptype = 'e'
    )
ORDER BY routine.oid::regprocedure::text
