UPDATE users SET deleted_at = now()
FROM roster_users roster
WHERE roster.known AND roster.gone AND users.id = roster.user_id AND users.deleted_at IS NULL
