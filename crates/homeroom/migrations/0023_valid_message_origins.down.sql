ALTER TABLE messages
    DROP CONSTRAINT messages_origin_user_id_fkey,
    ADD CONSTRAINT messages_origin_user_id_fkey FOREIGN KEY (origin_user_id) REFERENCES users (id) ON DELETE SET NULL NOT VALID;
