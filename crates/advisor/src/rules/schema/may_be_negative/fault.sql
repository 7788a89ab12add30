-- expect: table public.files
-- expect: table public.limits
CREATE TABLE files (id bigint PRIMARY KEY, size_bytes bigint NOT NULL);
CREATE TABLE limits (user_id bigint PRIMARY KEY, max_file_size_bytes bigint, storage_quota_bytes bigint);
