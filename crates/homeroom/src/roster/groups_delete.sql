-- With all that stands below, by the cascade of the table.
UPDATE groups SET deleted_at = now()
FROM external_ids known
WHERE known.source = $1 AND known.kind = 'group' AND known.external_id = ANY ($2)
    AND groups.id = known.group_id AND groups.deleted_at IS NULL
