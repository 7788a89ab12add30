SELECT person.external_id || ' in ' || class.external_id || ': ' || member.role AS content
FROM class_members member
JOIN external_ids person ON person.user_id = member.user_id
JOIN external_ids class ON class.class_id = member.class_id
ORDER BY content
