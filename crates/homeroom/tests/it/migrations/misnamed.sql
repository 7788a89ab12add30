WITH ours AS (
    SELECT oid, relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'homeroom_migrations'
)
SELECT 'constraint ' || conname AS finding
FROM pg_constraint JOIN ours ON ours.oid = conrelid
WHERE contype IN ('c', 'f', 'u', 'p')
  AND conname !~ CASE contype
      WHEN 'c' THEN '^' || relname || '_[a-z_]+_check$'
      WHEN 'f' THEN '^' || relname || '_[a-z_]+_fkey$'
      WHEN 'u' THEN '^' || relname || '_[a-z_]+_key$'
      ELSE '^' || relname || '_pkey$'
  END
UNION ALL
-- What a domain asks is named after the column that is of it.
SELECT 'constraint ' || conname
FROM pg_constraint JOIN pg_attribute ON atttypid = contypid JOIN ours ON ours.oid = attrelid
WHERE conname <> relname || '_' || attname || '_check'
UNION ALL
SELECT 'index ' || index.relname
FROM pg_index JOIN ours ON ours.oid = indrelid JOIN pg_class index ON index.oid = indexrelid
WHERE NOT indisprimary
  AND index.relname !~ ('^' || ours.relname || '_[a-z_]+_' || CASE WHEN indisunique THEN 'key' ELSE 'idx' END || '$')
UNION ALL
SELECT 'trigger ' || tgname
FROM pg_trigger JOIN ours ON ours.oid = tgrelid
WHERE NOT tgisinternal AND tgname !~ ('^' || relname || '_[a-z_]+$')
