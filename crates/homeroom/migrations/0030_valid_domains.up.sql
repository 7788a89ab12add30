-- Apart from adding them. Of a domain this lets nobody write to the table while it is read, hence one statement at a time.
-- no-transaction
ALTER TABLE chat_sessions VALIDATE CONSTRAINT chat_sessions_ended_at_check;
-- check-ignore: scans-table once, and only writers wait
ALTER DOMAIN message_seq VALIDATE CONSTRAINT messages_seq_check;
-- check-ignore: scans-table once, and only writers wait
ALTER DOMAIN message_role VALIDATE CONSTRAINT messages_role_check;
-- check-ignore: scans-table once, and only writers wait
ALTER DOMAIN message_meta VALIDATE CONSTRAINT messages_meta_check;
-- check-ignore: scans-table once, and only writers wait
ALTER DOMAIN chat_last_seq VALIDATE CONSTRAINT chat_sessions_last_seq_check;
-- check-ignore: scans-table once, and only writers wait
ALTER DOMAIN chat_state VALIDATE CONSTRAINT chat_sessions_state_check;
-- check-ignore: scans-table once, and only writers wait
ALTER DOMAIN chat_title VALIDATE CONSTRAINT chat_sessions_title_check;
