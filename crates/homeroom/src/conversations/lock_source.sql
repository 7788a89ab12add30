SELECT pg_advisory_xact_lock(hashtextextended('homeroom.conversations:' || $1, 0))
