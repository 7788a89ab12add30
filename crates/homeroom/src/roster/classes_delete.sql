UPDATE classes SET deleted_at = now()
FROM roster_classes roster
WHERE roster.known AND roster.gone AND classes.id = roster.class_id AND classes.deleted_at IS NULL
