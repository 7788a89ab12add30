DROP TRIGGER users_erase_copied_messages ON users;
DROP FUNCTION erase_copied_messages();
ALTER TABLE messages DROP COLUMN origin_user_id;
