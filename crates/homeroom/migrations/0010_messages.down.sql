DROP TABLE messages;
DROP FUNCTION keep_message_order();
DROP FUNCTION check_message_order();
