SELECT 'table ' || relname AS finding
FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'homeroom_migrations'
  AND obj_description(oid, 'pg_class') IS NULL
UNION ALL
SELECT 'column ' || relname || '.' || attname
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'homeroom_migrations'
  AND col_description(attrelid, attnum) IS NULL
  -- Self-evident: ids, references by their table's name, names, sizes, and when the row was made.
  AND attname NOT IN ('id', 'name', 'title', 'created_at', 'started_at', 'content', 'reason', 'original_name',
      'mime_type', 'size_bytes', 'storage_backend', 'storage_key', 'uploaded_by', 'user_id', 'group_id', 'class_id',
      'session_id', 'chat_session_id')
UNION ALL
SELECT 'function ' || proname
FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
  AND obj_description(oid, 'pg_proc') IS NULL
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
