-- A fork's own messages begin behind the place where it left; that is all that the rule of the order has to allow.
DO $$
BEGIN
    EXECUTE replace(pg_get_functiondef('check_message_order'::regproc), 'added.first > 1 AND',
        'added.first > 1 + coalesce((SELECT fork_from_seq FROM chat_sessions WHERE id = added.session_id), 0) AND');
END
$$;
