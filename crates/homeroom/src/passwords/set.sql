SELECT set_user_password($1, $2)
