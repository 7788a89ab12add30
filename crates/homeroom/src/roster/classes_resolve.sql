-- The groups have their ids by now.
ANALYZE roster_orgs;
UPDATE roster_classes SET group_id = org.group_id FROM roster_orgs org WHERE org.external_id = roster_classes.school;

-- One role a person and class: the strongest that the package gives.
CREATE TEMPORARY TABLE roster_class_members ON COMMIT DROP AS
SELECT DISTINCT ON (class.class_id, person.user_id) class.class_id, person.user_id, tie.role
FROM roster_enrolments tie
JOIN roster_classes class ON class.external_id = tie.class
JOIN roster_users person ON person.external_id = tie.user_external_id
WHERE tie.role IS NOT NULL AND NOT tie.gone AND NOT class.gone AND NOT person.gone
ORDER BY class.class_id, person.user_id, array_position(ARRAY['teacher', 'student'], tie.role);
ANALYZE roster_class_members;
