-- A system_admin was made by hand, above what a roster can say: that role stays.
WITH ties AS (
    SELECT tie.group_id, tie.user_id, tie.role, member.role AS present,
        member.role <> tie.role AND member.role <> 'system_admin' AS differs
    FROM roster_memberships tie
    LEFT JOIN group_members member ON member.group_id = tie.group_id AND member.user_id = tie.user_id
), changed AS (
    UPDATE group_members SET role = ties.role
    FROM ties
    WHERE ties.differs AND group_members.group_id = ties.group_id AND group_members.user_id = ties.user_id
), created AS (
    INSERT INTO group_members (group_id, user_id, role)
    SELECT group_id, user_id, role FROM ties WHERE present IS NULL ORDER BY group_id, user_id
)
SELECT count(*) FILTER (WHERE present IS NULL) AS created, count(*) FILTER (WHERE differs) AS changed,
    count(*) FILTER (WHERE NOT differs) AS unchanged, 0::bigint AS restored
FROM ties
