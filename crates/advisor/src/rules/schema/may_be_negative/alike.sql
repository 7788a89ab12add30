CREATE DOMAIN bytes AS bigint CHECK (VALUE >= 0);
CREATE TABLE files (id bigint PRIMARY KEY, size_bytes bigint NOT NULL CHECK (size_bytes >= 0), compressed_bytes bytes);
-- -1 is no limit.
CREATE TABLE limits (user_id bigint PRIMARY KEY, storage_quota_bytes bigint NOT NULL DEFAULT -1);
-- Some go out.
CREATE TABLE stock_movements (id bigint PRIMARY KEY, quantity integer NOT NULL);
CREATE TABLE samples (id bigint PRIMARY KEY, temperature integer, font_size text);
