WITH ties AS (
    SELECT tie.class_id, tie.user_id, tie.role, member.role AS present, member.role <> tie.role AS differs
    FROM roster_class_members tie
    LEFT JOIN class_members member ON member.class_id = tie.class_id AND member.user_id = tie.user_id
), changed AS (
    UPDATE class_members SET role = ties.role
    FROM ties
    WHERE ties.differs AND class_members.class_id = ties.class_id AND class_members.user_id = ties.user_id
), created AS (
    INSERT INTO class_members (class_id, user_id, role)
    SELECT class_id, user_id, role FROM ties WHERE present IS NULL ORDER BY class_id, user_id
)
SELECT count(*) FILTER (WHERE present IS NULL) AS created, count(*) FILTER (WHERE differs) AS changed,
    count(*) FILTER (WHERE NOT differs) AS unchanged, 0::bigint AS restored
FROM ties
