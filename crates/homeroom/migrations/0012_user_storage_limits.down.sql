DROP TABLE user_storage_limits;
