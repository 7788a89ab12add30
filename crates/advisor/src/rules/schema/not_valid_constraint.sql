SELECT
    'constraint' AS kind,
    format('%s.%I', tables.identity, rule.conname) AS object,
    format('%s of %s was never validated', quote_ident(rule.conname), tables.identity) AS title,
    jsonb_build_object('constraint', pg_get_constraintdef(rule.oid)) AS evidence,
    format('ALTER TABLE %s VALIDATE CONSTRAINT %I;', tables.identity, rule.conname) AS up
FROM tables
JOIN pg_constraint AS rule ON rule.conrelid = tables.oid
WHERE NOT rule.convalidated
    AND rule.conparentid = 0
    -- One that PostgreSQL 18 is told not to enforce is meant to be so.
    AND coalesce((to_jsonb(rule) ->> 'conenforced')::boolean, true)
ORDER BY 2
