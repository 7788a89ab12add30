-- no-transaction
-- Appends go on meanwhile.
CREATE INDEX CONCURRENTLY messages_origin_user_id_idx ON messages (origin_user_id) WHERE origin_user_id IS NOT NULL;
