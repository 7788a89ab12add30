-- Teachers who were added for a class that they still teach are not absent.
SELECT count(*) AS count
FROM group_members member
JOIN roster_users person ON person.user_id = member.user_id AND NOT person.gone
JOIN roster_orgs org ON org.group_id = member.group_id AND NOT org.gone
WHERE NOT EXISTS (
        SELECT FROM roster_memberships stated
        WHERE stated.group_id = member.group_id AND stated.user_id = member.user_id)
    AND NOT EXISTS (
        SELECT FROM roster_class_members taught JOIN roster_classes class USING (class_id)
        WHERE taught.user_id = member.user_id AND taught.role = 'teacher' AND class.group_id = member.group_id
            AND member.role = 'teacher')
