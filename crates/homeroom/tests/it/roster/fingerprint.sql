SELECT 'users ' || count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') AS content FROM users row
UNION ALL SELECT 'groups ' || count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM groups row
UNION ALL SELECT 'group_members ' || count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM group_members row
UNION ALL SELECT 'classes ' || count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM classes row
UNION ALL SELECT 'class_members ' || count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM class_members row
UNION ALL SELECT 'tools ' || count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM tools row
UNION ALL SELECT 'chat_sessions ' || count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM chat_sessions row
UNION ALL SELECT 'messages ' || count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM messages row
UNION ALL SELECT 'external_ids ' || count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM external_ids row
ORDER BY content
