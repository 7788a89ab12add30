-- Forks that were there before, each after the chat that it left.
DO $$
DECLARE
    fork record;
BEGIN
    FOR fork IN
        WITH RECURSIVE tree AS (
            SELECT id, user_id, NULL::uuid AS parent_id, NULL::uuid AS parent_user_id, 0 AS depth, title, NULL AS parent_title
            FROM chat_sessions WHERE parent_session_id IS NULL
            UNION ALL
            SELECT child.id, child.user_id, tree.id, tree.user_id, tree.depth + 1, child.title, tree.title
            FROM tree JOIN chat_sessions child ON child.parent_session_id = tree.id
        )
        SELECT * FROM tree WHERE parent_id IS NOT NULL ORDER BY depth
    LOOP
        UPDATE messages copy
        SET origin_user_id = nullif(coalesce(original.origin_user_id, fork.parent_user_id), fork.user_id)
        FROM messages original, chat_sessions chat
        WHERE chat.id = fork.id AND copy.session_id = fork.id AND copy.seq <= chat.fork_from_seq
          AND original.session_id = fork.parent_id AND original.seq = copy.seq
          AND coalesce(original.origin_user_id, fork.parent_user_id) <> fork.user_id;
        IF fork.user_id <> fork.parent_user_id AND fork.title = fork.parent_title THEN
            UPDATE chat_sessions SET title = NULL WHERE id = fork.id;
        END IF;
    END LOOP;
END
$$;
