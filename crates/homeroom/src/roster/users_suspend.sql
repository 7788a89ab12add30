UPDATE users SET status = roster.status
FROM roster_users roster
WHERE roster.known AND NOT roster.gone AND roster.status <> 'active'
    AND users.id = roster.user_id AND users.status = 'active'
