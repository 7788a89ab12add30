DELETE FROM group_members member
USING roster_roles tie, roster_users person, roster_orgs org
WHERE person.external_id = tie.user_external_id AND org.external_id = tie.org
    AND (tie.gone OR person.gone) AND tie.role IS NOT NULL
    AND member.group_id = org.group_id AND member.user_id = person.user_id AND member.role <> 'system_admin'
    AND NOT EXISTS (
        SELECT FROM roster_memberships stated
        WHERE stated.group_id = member.group_id AND stated.user_id = member.user_id)
