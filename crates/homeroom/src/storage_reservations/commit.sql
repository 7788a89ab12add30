-- The reservation becomes the file, in one statement: its room is free when the file's is counted.
WITH upload AS (
    SELECT $1 AS reservation_id, $2 AS uploaded_by
),
released AS (
    DELETE FROM storage_reservations USING upload
    WHERE storage_reservations.id = upload.reservation_id AND storage_reservations.uploaded_by = upload.uploaded_by
    RETURNING storage_reservations.uploaded_by
)
INSERT INTO files (id, original_name, mime_type, size_bytes, storage_backend, storage_key, group_id, purpose, uploaded_by)
SELECT $3, $4, $5, $6, $7, $8, $9, $10, released.uploaded_by FROM released
RETURNING id, original_name, mime_type, size_bytes, storage_backend, storage_key, uploaded_by, group_id, purpose, status,
    created_at, deleted_at
