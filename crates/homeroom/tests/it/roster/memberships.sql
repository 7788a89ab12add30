SELECT person.external_id || ' in ' || place.external_id || ': ' || member.role AS content
FROM group_members member
JOIN external_ids person ON person.user_id = member.user_id
JOIN external_ids place ON place.group_id = member.group_id
ORDER BY content
