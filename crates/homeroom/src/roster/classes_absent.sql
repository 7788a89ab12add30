SELECT count(*) AS count
FROM roster_known known JOIN classes ON classes.id = known.class_id AND classes.deleted_at IS NULL
WHERE known.kind = 'class'
    AND NOT EXISTS (SELECT FROM roster_classes WHERE roster_classes.external_id = known.external_id)
