-- An index whose columns begin another's (same classes, collations, predicate) is repeated by that one.
SELECT a.indexrelid::regclass || ' is repeated by ' || b.indexrelid::regclass AS finding
FROM pg_index a
JOIN pg_index b ON a.indrelid = b.indrelid AND a.indexrelid <> b.indexrelid
JOIN pg_class ac ON ac.oid = a.indexrelid JOIN pg_class bc ON bc.oid = b.indexrelid
WHERE ac.relnamespace = 'public'::regnamespace AND ac.relam = bc.relam
  AND (b.indkey::int2[])[0:a.indnkeyatts - 1] = (a.indkey::int2[])[0:a.indnkeyatts - 1]
  AND (b.indclass::oid[])[0:a.indnkeyatts - 1] = (a.indclass::oid[])[0:a.indnkeyatts - 1]
  AND (b.indcollation::oid[])[0:a.indnkeyatts - 1] = (a.indcollation::oid[])[0:a.indnkeyatts - 1]
  AND pg_get_expr(a.indexprs, a.indrelid) IS NOT DISTINCT FROM pg_get_expr(b.indexprs, b.indrelid)
  AND pg_get_expr(a.indpred, a.indrelid) IS NOT DISTINCT FROM pg_get_expr(b.indpred, b.indrelid)
  -- A unique index that is shorter says more than the longer one.
  AND (NOT a.indisunique OR (b.indisunique AND a.indnkeyatts = b.indnkeyatts))
