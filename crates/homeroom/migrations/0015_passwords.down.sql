DROP FUNCTION set_user_password(uuid, text);
