-- Locked in the order of the people first, so that it can't deadlock with another one or with an enrolment of many.
WITH asked AS (
    SELECT $1 AS class_id, $2 AS user_ids
),
gone AS (
    SELECT member.class_id, member.user_id
    FROM asked JOIN class_members member ON member.class_id = asked.class_id AND member.user_id = ANY (asked.user_ids)
    ORDER BY member.user_id
    FOR UPDATE OF member
),
removed AS (
    DELETE FROM class_members USING gone
    WHERE class_members.class_id = gone.class_id AND class_members.user_id = gone.user_id
    RETURNING class_members.user_id
)
SELECT count(*) FROM removed
