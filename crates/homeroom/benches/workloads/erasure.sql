-- The person who is erased, with 200 chats of 50 messages: 00000000-0000-0000-0000-0000000e7a5e.
INSERT INTO users (id, name, status) VALUES ('00000000-0000-0000-0000-0000000e7a5e', 'Person who leaves', 'active');
SET session_replication_role = replica;
WITH chat AS (
    INSERT INTO chat_sessions (user_id, tool_id, last_seq)
    SELECT '00000000-0000-0000-0000-0000000e7a5e', (SELECT id FROM tools LIMIT 1), 50 FROM generate_series(1, 200)
    RETURNING id, last_seq
)
INSERT INTO messages (session_id, seq, role, content)
SELECT id, seq, 'user', substr(repeat(md5(id::text || seq), 13), 1, 400) FROM chat, generate_series(1, last_seq) seq;
RESET session_replication_role;
