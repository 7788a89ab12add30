-- A copy that can be analysed: of external_ids the planner does not know how many rows one source has, and would guess one.
INSERT INTO roster_known (kind, external_id, user_id, group_id, class_id)
SELECT kind, external_id, user_id, group_id, class_id FROM external_ids WHERE source = $1
