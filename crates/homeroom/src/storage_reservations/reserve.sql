-- Room for a live person's upload; the triggers of the table count it and refuse what is too much.
INSERT INTO storage_reservations (id, uploaded_by, size_bytes, expires_at)
SELECT $1, users.id, $2, now() + make_interval(secs => $3)
FROM users WHERE users.id = $4 AND users.deleted_at IS NULL
RETURNING id, uploaded_by, size_bytes, created_at, expires_at
