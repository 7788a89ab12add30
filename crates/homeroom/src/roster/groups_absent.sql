SELECT count(*) AS count
FROM roster_known known JOIN groups ON groups.id = known.group_id AND groups.deleted_at IS NULL
WHERE known.kind = 'group'
    AND NOT EXISTS (SELECT FROM roster_orgs WHERE roster_orgs.external_id = known.external_id)
