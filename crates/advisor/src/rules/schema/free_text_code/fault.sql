-- expect: column public.users.status
-- expect: column public.users.account_role
-- expect: column public.files.storage_backend
CREATE TABLE users (
    id bigint PRIMARY KEY,
    status varchar(20) NOT NULL DEFAULT 'active',
    -- The check is of something else.
    account_role text NOT NULL CHECK (length(account_role) < 40)
);
CREATE TABLE files (id bigint PRIMARY KEY, storage_backend text NOT NULL DEFAULT 's3');
