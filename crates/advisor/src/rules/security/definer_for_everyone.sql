SELECT
    'function' AS kind,
    routine.oid::regprocedure::text AS object,
    format(
        'everybody may call %s, which runs with the rights of %s',
        routine.oid::regprocedure, routine.proowner::regrole
    ) AS title,
    format(
        '%s is SECURITY DEFINER and PUBLIC may execute it%s, and its body does not look at who calls.',
        routine.oid::regprocedure,
        CASE WHEN routine.proacl IS NULL THEN ' (the default of every new function)' ELSE '' END
    ) AS description,
    jsonb_build_object(
        'function', routine.oid::regprocedure,
        'owner', routine.proowner::regrole,
        'privileges', coalesce(routine.proacl, acldefault('f', routine.proowner))::text
    ) AS evidence,
    format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC;', routine.oid::regprocedure) AS up,
    format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC;', routine.oid::regprocedure) AS down
FROM pg_proc AS routine
JOIN pg_namespace AS namespace ON namespace.oid = routine.pronamespace
JOIN pg_language AS language ON language.oid = routine.prolang
WHERE namespace.nspname = ANY ($1)
    AND routine.prosecdef
    -- These are called by the server alone.
    AND routine.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
    AND EXISTS (
        SELECT FROM aclexplode(coalesce(routine.proacl, acldefault('f', routine.proowner))) AS granted
        WHERE granted.grantee = 0
    )
    AND has_schema_privilege('public', namespace.oid, 'USAGE')
    -- One that asks who calls decides by itself.
    AND routine.prosrc !~* '\m(session_user|current_setting|pg_has_role|has_\w+_privilege|auth\.(uid|role|jwt|email))\M'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS dependency
        WHERE dependency.classid = 'pg_proc'::regclass
            AND dependency.objid = routine.oid
            AND dependency.deptype = 'e'
    )
ORDER BY routine.oid::regprocedure::text
