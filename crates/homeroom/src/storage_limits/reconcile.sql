SELECT reconcile_storage(users.id) FROM users WHERE users.id = $1
