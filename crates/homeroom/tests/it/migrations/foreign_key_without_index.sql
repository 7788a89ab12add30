SELECT conrelid::regclass || ' ' || conname AS finding
FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace
  AND NOT EXISTS (
      SELECT FROM pg_index
      WHERE indrelid = conrelid
        AND (indkey::int2[])[0:cardinality(conkey) - 1] = conkey
        -- A partial index serves where it leaves out only rows without the reference.
        AND (indpred IS NULL OR pg_get_expr(indpred, indrelid) = format('(%s IS NOT NULL)', (
            SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1])))
  )
