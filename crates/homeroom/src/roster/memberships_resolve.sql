-- One role a person and group: the strongest that the package gives.
CREATE TEMPORARY TABLE roster_memberships ON COMMIT DROP AS
SELECT DISTINCT ON (org.group_id, person.user_id) org.group_id, person.user_id, tie.role
FROM roster_roles tie
JOIN roster_users person ON person.external_id = tie.user_external_id
JOIN roster_orgs org ON org.external_id = tie.org
WHERE tie.role IS NOT NULL AND NOT tie.gone AND NOT person.gone AND NOT org.gone
ORDER BY org.group_id, person.user_id, array_position(ARRAY['group_admin', 'teacher', 'student'], tie.role);
ANALYZE roster_memberships;
