COMMENT ON COLUMN user_storage_limits.used_bytes IS 'What is stored or reserved now.';
DROP FUNCTION reconcile_storage(uuid);
DROP TRIGGER files_count_storage ON files;
DROP TABLE storage_reservations;
DROP FUNCTION count_storage();
DROP FUNCTION effective_storage_limits(uuid);
