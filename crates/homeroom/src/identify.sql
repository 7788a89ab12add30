SELECT pg_backend_pid() AS process,
    CASE WHEN version() LIKE '%linux%' THEN set_config('client_connection_check_interval', '500', false) END
