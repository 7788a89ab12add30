DELETE FROM class_members member
USING roster_enrolments tie, roster_classes class, roster_users person
WHERE class.external_id = tie.class AND person.external_id = tie.user_external_id
    AND (tie.gone OR class.gone OR person.gone) AND tie.role IS NOT NULL
    AND member.class_id = class.class_id AND member.user_id = person.user_id
    AND NOT EXISTS (
        SELECT FROM roster_class_members stated
        WHERE stated.class_id = member.class_id AND stated.user_id = member.user_id)
