SELECT known.external_id || ': ' || groups.name || ' (' || groups.type || ') under ' || coalesce(above.external_id, '') AS content
FROM groups
JOIN external_ids known ON known.group_id = groups.id
LEFT JOIN external_ids above ON above.group_id = groups.parent_id
ORDER BY content
