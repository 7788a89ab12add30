-- Rows that an earlier import brought keep their ids.
ANALYZE roster_known;
UPDATE roster_users SET user_id = known.user_id, known = true
FROM roster_known known
WHERE known.kind = 'user' AND known.external_id = roster_users.external_id;
UPDATE roster_classes SET class_id = known.class_id, known = true
FROM roster_known known
WHERE known.kind = 'class' AND known.external_id = roster_classes.external_id;
UPDATE roster_orgs SET group_id = known.group_id
FROM roster_known known
WHERE known.kind = 'group' AND known.external_id = roster_orgs.external_id;
