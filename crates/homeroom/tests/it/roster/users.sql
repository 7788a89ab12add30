SELECT known.external_id || ': ' || users.name || ' <' || coalesce(users.email, '') || '> ' || users.status
    || CASE WHEN users.deleted_at IS NULL THEN '' ELSE ', deleted' END AS content
FROM users JOIN external_ids known ON known.user_id = users.id
ORDER BY content
