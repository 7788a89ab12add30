-- The database demands that a teacher belongs to the district of the class. Those of a class that moves are asked again.
WITH teaching AS (
    SELECT tie.user_id, class.group_id
    FROM roster_class_members tie JOIN roster_classes class USING (class_id)
    WHERE tie.role = 'teacher'
    UNION
    SELECT member.user_id, class.group_id
    FROM roster_classes class
    JOIN classes present ON present.id = class.class_id AND present.group_id <> class.group_id
    JOIN class_members member ON member.class_id = class.class_id AND member.role = 'teacher'
    WHERE class.known AND NOT class.gone
), from_elsewhere AS MATERIALIZED (
    -- Most teach where they are members: only the others are worth the look at the tree.
    SELECT user_id, group_id FROM teaching
    WHERE NOT EXISTS (
        SELECT FROM group_members member
        WHERE member.group_id = teaching.group_id AND member.user_id = teaching.user_id)
)
INSERT INTO group_members (group_id, user_id, role)
SELECT group_id, user_id, 'teacher' FROM from_elsewhere
WHERE NOT is_teacher_of_tree(user_id, group_id)
