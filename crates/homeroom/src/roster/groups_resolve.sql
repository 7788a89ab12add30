UPDATE roster_orgs SET group_id = known.group_id
FROM external_ids known
WHERE known.source = $1 AND known.kind = 'group' AND known.external_id = roster_orgs.external_id
    AND roster_orgs.group_id IS NULL
