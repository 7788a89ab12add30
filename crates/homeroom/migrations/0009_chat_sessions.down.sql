DROP TABLE chat_sessions;
DROP FUNCTION refuse_chat_write();
DROP FUNCTION keep_chat_origin();
DROP FUNCTION check_chat_fork();
