SELECT
    'trigger' AS kind,
    format('%s.%I', tables.identity, item.tgname) AS object,
    CASE
        WHEN item.tgisinternal THEN format('%s of %s is not enforced: its trigger is disabled', quote_ident(rule.conname), tables.identity)
        ELSE format('%s of %s is disabled', quote_ident(item.tgname), tables.identity)
    END AS title,
    CASE WHEN item.tgisinternal THEN 'High' END AS priority,
    jsonb_build_object('trigger', pg_get_triggerdef(item.oid), 'constraint', rule.conname) AS evidence,
    format('ALTER TABLE %s ENABLE TRIGGER %I;', tables.identity, item.tgname) AS up,
    format('ALTER TABLE %s DISABLE TRIGGER %I;', tables.identity, item.tgname) AS down
FROM tables
JOIN pg_trigger AS item ON item.tgrelid = tables.oid
LEFT JOIN pg_constraint AS rule ON rule.oid = item.tgconstraint
WHERE item.tgenabled = 'D'
ORDER BY 2
