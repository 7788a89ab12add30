DROP TABLE files;
DROP FUNCTION queue_deleted_blobs();
DROP TABLE deleted_blobs;
