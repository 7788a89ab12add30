-- One import of a source at a time: a second one waits, and then finds all rows known.
SELECT pg_advisory_xact_lock(hashtextextended('homeroom.import.' || $1, 0))
