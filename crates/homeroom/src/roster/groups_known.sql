SELECT known.external_id, groups.id, groups.parent_id, groups.name, groups.slug, groups.type AS kind,
    groups.deleted_at IS NOT NULL AS deleted
FROM external_ids known JOIN groups ON groups.id = known.group_id
WHERE known.source = $1 AND known.kind = 'group' AND known.external_id = ANY ($2)
