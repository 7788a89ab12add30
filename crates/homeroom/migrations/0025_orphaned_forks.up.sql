-- Forks whose parent was deleted for good are few among all chats: found by this index, and by nothing else.
CREATE INDEX CONCURRENTLY chat_sessions_user_id_id_idx ON chat_sessions (user_id, id)
    WHERE parent_session_id IS NULL AND fork_from_seq IS NOT NULL;
COMMENT ON INDEX chat_sessions_user_id_id_idx IS 'Forks whose parent was deleted for good.';
