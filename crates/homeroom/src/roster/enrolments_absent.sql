SELECT count(*) AS count
FROM class_members member
JOIN roster_classes class ON class.class_id = member.class_id AND NOT class.gone
JOIN roster_users person ON person.user_id = member.user_id AND NOT person.gone
WHERE NOT EXISTS (
    SELECT FROM roster_class_members stated
    WHERE stated.class_id = member.class_id AND stated.user_id = member.user_id)
