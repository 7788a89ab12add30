-- Of each chat of the lineage the part that the fork still shows.
WITH RECURSIVE line AS (
    SELECT chat_sessions.id, parent_session_id, coalesce(fork_from_seq, 0) AS behind, last_seq AS up_to
    FROM chat_sessions JOIN users ON users.id = user_id AND users.deleted_at IS NULL
    WHERE chat_sessions.id = $1 AND chat_sessions.deleted_at IS NULL
    UNION ALL
    SELECT parent.id, parent.parent_session_id, coalesce(parent.fork_from_seq, 0), least(line.behind, line.up_to)
    FROM line JOIN chat_sessions parent ON parent.id = line.parent_session_id
)
SELECT said.session_id, said.seq, said.role, said.content, said.meta, said.idempotency_key, said.created_at
FROM line CROSS JOIN LATERAL (
    SELECT * FROM messages WHERE session_id = line.id AND seq > line.behind AND seq <= line.up_to
) AS said
ORDER BY said.seq
