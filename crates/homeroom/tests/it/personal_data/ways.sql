SELECT conrelid::regclass::text AS table,
    string_agg(attname, ', ') || ' → ' || confrelid::regclass || CASE confdeltype
        WHEN 'c' THEN ', goes with it' WHEN 'n' THEN ', stays without it' ELSE ', holds it' END AS json
FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
WHERE contype = 'f' AND confrelid IN ('users'::regclass, 'chat_sessions'::regclass, 'files'::regclass)
GROUP BY pg_constraint.oid, conrelid, confrelid, confdeltype
ORDER BY 1, 2
